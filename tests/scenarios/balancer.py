"""The load balancer between the carrier and the nodes, as haproxy would stand there in TCP
mode: each connection goes to a node that takes it. It can also do what networks do."""
import asyncio
import socket
import struct
import threading


class Balancer:
    """`backends`: node number -> (host, port). Runs from `with` to its end, on a thread of its
    own; `url` is what the carrier is told."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.backends = {}
        self.preferred = None  # takes everything while it lives
        self.cut_off = set()   # nodes that the carrier cannot reach
        self.turn = 0
        self.open = {}         # connection -> its node
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._stop(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.listener.close()

    async def _stop(self):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def cut(self, node):
        """Breaks the carrier's connections to a node, which hears nothing of it: no packet
        arrives there any more, not even one that says so."""
        asyncio.run_coroutine_threadsafe(self._cut(node), self.loop).result(5)

    def heal(self, node):
        self.cut_off.discard(node)

    async def _cut(self, node):
        self.cut_off.add(node)
        for link, at in list(self.open.items()):
            if at == node:
                link.cut = True
                # A reset, as of a connection that nobody knows any more.
                link.carrier.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                link.carrier.transport.abort()

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self._serve, sock=self.listener))
        self.loop.run_forever()

    def _choices(self):
        nodes = [node for node in sorted(self.backends) if node not in self.cut_off]
        self.turn += 1
        shift = self.turn % len(nodes) if nodes else 0
        nodes = nodes[shift:] + nodes[:shift]
        return sorted(nodes, key=lambda node: node != self.preferred)

    async def _connect(self):
        for node in self._choices():
            try:
                return node, await asyncio.wait_for(asyncio.open_connection(*self.backends[node]), 1)
            except (OSError, asyncio.TimeoutError):
                continue
        return None, None

    async def _serve(self, reader, writer):
        node, backend = await self._connect()
        if not backend:
            writer.transport.abort()
            return
        link = Link(writer, backend[1])
        self.open[link] = node
        try:
            await asyncio.gather(link.pump(reader, backend[1]), link.pump(backend[0], writer))
        except asyncio.CancelledError:
            link.cut = False  # the balancer stops
        del self.open[link]
        if not link.cut:
            link.close()


class Link:
    def __init__(self, carrier, node):
        self.carrier = carrier
        self.node = node
        self.cut = False

    async def pump(self, source, sink):
        """Until one side ends, which ends the other, as long as there is a network."""
        try:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        while self.cut:  # the node's side stays open and silent
            await asyncio.sleep(0.5)
        if not sink.is_closing():
            sink.close()

    def close(self):
        for each in (self.carrier, self.node):
            each.close()
