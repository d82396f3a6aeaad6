// Runs where audio is rendered: hands the microphone's samples to the page.
class Microphone extends AudioWorkletProcessor {
  process(inputs) {
    if (inputs[0][0]) this.port.postMessage(inputs[0][0].slice())
    return true
  }
}

registerProcessor('microphone', Microphone)
