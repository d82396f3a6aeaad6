"""A TCP proxy whose connections can be cut the ways a network cuts them."""
import asyncio
import contextlib
import socket
import threading

CHUNK = 1 << 16


class Proxy:
    """Forwards a loopback port to a target. `swallow` keeps every connection open and lets
    nothing through, as a partition does; `slow` delays and dribbles; `reset` breaks all
    connections at once."""

    def __init__(self, target_port):
        self.target_port = target_port
        self._open = None
        self._delay_s = 0
        self._piece = CHUNK
        self._writers = set()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    def swallow(self):
        self._loop.call_soon_threadsafe(self._open.clear)

    def slow(self, delay_s, piece):
        """Each `piece` of bytes waits for so long."""
        self._delay_s, self._piece = delay_s, piece

    def heal(self):
        self.slow(0, CHUNK)
        self._loop.call_soon_threadsafe(self._open.set)

    def reset(self):
        self._loop.call_soon_threadsafe(self._abort_all)

    def close(self):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join(5)

    async def _end(self):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._loop.stop()

    def _run(self, started):
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._open = asyncio.Event()
        self._open.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()

    def _abort_all(self):
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader, writer):
        with contextlib.suppress(asyncio.CancelledError):  # the run is over
            await self._forward(reader, writer)

    async def _forward(self, reader, writer):
        await self._open.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        for each in (writer, far_writer):
            each.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pump(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while data := await reader.read(self._piece):
                await asyncio.sleep(self._delay_s)
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()
