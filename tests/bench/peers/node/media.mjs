// The usual bridge between Twilio Media Streams and OpenAI Realtime: fastify,
// @fastify/websocket and ws.   node media.mjs PORT AI_PORT
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import WebSocket from 'ws';

const [port, aiPort] = process.argv.slice(2).map(Number);
const recoded = (audio) => Buffer.from(audio, 'base64').toString('base64');

const app = fastify();
app.register(websocket);
app.register(async (scope) => {
  scope.get('/media-stream', { websocket: true }, (phone) => {
    let streamSid = null;
    const ai = new WebSocket(`ws://127.0.0.1:${aiPort}/v1/realtime?model=sim`, {
      headers: { Authorization: 'Bearer bench' },
    });
    ai.on('open', () => {
      ai.send(JSON.stringify({
        type: 'session.update',
        session: { type: 'realtime', instructions: 'x', output_modalities: ['audio'] },
      }));
    });
    ai.on('message', (data) => {
      const event = JSON.parse(data);
      if (event.type === 'response.output_audio.delta' && event.delta) {
        phone.send(JSON.stringify({
          event: 'media', streamSid, media: { payload: recoded(event.delta) },
        }));
      }
    });
    phone.on('message', (data) => {
      const event = JSON.parse(data);
      if (event.event === 'media') {
        if (ai.readyState === WebSocket.OPEN) {
          ai.send(JSON.stringify({
            type: 'input_audio_buffer.append', audio: recoded(event.media.payload),
          }));
        }
      } else if (event.event === 'start') {
        streamSid = event.start.streamSid;
      }
    });
    phone.on('close', () => ai.close());
    ai.on('close', () => phone.close());
    ai.on('error', () => phone.close());
  });
});
app.listen({ port, host: '127.0.0.1' });
