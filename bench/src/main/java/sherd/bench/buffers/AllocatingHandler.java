package sherd.bench.buffers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sherd.engine.Engine;
import sherd.engine.command.Kind;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.Session;

/**
 * GET and SET as a RESP server in Java usually does them: what was read becomes an array, each request an object of
 * strings and arrays, found by its name in a map, each reply an array of its own. What it asks of the engine, and in which
 * order, is what the product's own connection asks, so the two differ in their memory only. Keys and values are copied
 * once more than there, into memory that is reused, because the engine takes addresses.
 */
final class AllocatingHandler extends ChannelInboundHandlerAdapter implements AutoCloseable {
    private static final byte[] OK = "+OK\r\n".getBytes(ISO_8859_1);
    private static final byte[] NONE = "$-1\r\n".getBytes(ISO_8859_1);
    private static final byte[] UNKNOWN = "-ERR unknown command\r\n".getBytes(ISO_8859_1);
    private static final byte[] LINE_END = "\r\n".getBytes(ISO_8859_1);
    private static final int SCRATCH_BYTES = 4096;

    private record Request(String name, List<byte[]> words) {}

    @FunctionalInterface
    private interface Command {
        byte[] run(Request request);
    }

    private final Engine engine;
    private final Session session;
    private final Region keys;
    private final Region value;
    private final Map<String, Command> commands;
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private byte[] left = {};
    private long lsn;
    private long key;

    AllocatingHandler(Engine engine) {
        this.engine = engine;
        session = engine.session();
        keys = new Region(engine.memory(), MemoryBudget.Purpose.NETWORK, SCRATCH_BYTES);
        value = new Region(engine.memory(), MemoryBudget.Purpose.NETWORK, SCRATCH_BYTES);
        commands = Map.of("GET", this::get, "SET", this::set);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var buffer = (ByteBuf) message;
        int more = buffer.readableBytes();
        var bytes = Arrays.copyOf(left, left.length + more);
        buffer.readBytes(bytes, left.length, more);
        buffer.release();
        var input = new Input(bytes);
        for (var request = input.request(); !request.isEmpty(); request = input.request()) {
            var name = new String(request.getFirst(), ISO_8859_1).toUpperCase(Locale.ROOT);
            waiting.add(new Request(name, request.subList(1, request.size())));
        }
        left = Arrays.copyOfRange(bytes, input.done, bytes.length);
        work(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    private void work(ChannelHandlerContext ctx) {
        if (waiting.isEmpty()) {
            return;
        }
        if (engine.log().congested()) {
            ctx.channel().config().setAutoRead(false);
            engine.log()
                    .whenUncongested(() -> ctx.executor().execute(() -> {
                        ctx.channel().config().setAutoRead(true);
                        work(ctx);
                        ctx.flush();
                    }));
            return;
        }
        var requests = new ArrayList<>(waiting);
        waiting.clear();
        var reply = Unpooled.wrappedBuffer(execute(requests));
        if (lsn <= engine.log().acknowledged()) {
            var _ = ctx.write(reply, ctx.voidPromise());
        } else {
            engine.log()
                    .whenAcknowledged(
                            lsn,
                            _ -> ctx.executor().execute(() -> {
                                var _ = ctx.writeAndFlush(reply);
                            }));
        }
    }

    private byte[] execute(List<Request> requests) {
        var known = requests.stream()
                .filter(request -> commands.containsKey(request.name()))
                .toList();
        var addresses = expect(known);
        var replies = new ByteArrayOutputStream();
        int at = 0;
        try {
            for (var request : requests) {
                var command = commands.get(request.name());
                replies.writeBytes(command == null ? UNKNOWN : run(command, request, at, addresses));
                at += command == null ? 0 : 1;
            }
        } finally {
            session.endRun();
        }
        return replies.toByteArray();
    }

    private long[] expect(List<Request> requests) {
        int bytes = requests.stream()
                .mapToInt(request -> request.words().getFirst().length)
                .sum();
        keys.ensure(bytes);
        session.beginRun();
        var addresses = new long[requests.size()];
        long next = keys.address();
        for (int i = 0; i < addresses.length; i++) {
            var bytesOfKey = requests.get(i).words().getFirst();
            OffHeap.copy(bytesOfKey, 0, next, bytesOfKey.length);
            if (!session.expect(next, bytesOfKey.length)) {
                throw new IllegalStateException("not a plain key: " + new String(bytesOfKey, ISO_8859_1));
            }
            addresses[i] = next;
            next += bytesOfKey.length;
        }
        session.touch();
        return addresses;
    }

    private byte[] run(Command command, Request request, int index, long[] addresses) {
        key = addresses[index];
        if (!session.enter(index, key, request.words().getFirst().length)) {
            throw new IllegalStateException("a key is archived, though nothing was");
        }
        try {
            return command.run(request);
        } finally {
            lsn = Math.max(lsn, session.commit());
        }
    }

    private byte[] get(Request request) {
        if (session.seek(key, request.words().getFirst().length) != Kind.STRING) {
            return NONE;
        }
        var found = OffHeap.toArray(session.valueAddress(), session.valueLength());
        var reply = new ByteArrayOutputStream();
        reply.writeBytes(("$" + found.length + "\r\n").getBytes(ISO_8859_1));
        reply.writeBytes(found);
        reply.writeBytes(LINE_END);
        return reply.toByteArray();
    }

    private byte[] set(Request request) {
        var bytes = request.words().get(1);
        value.ensure(bytes.length);
        OffHeap.copy(bytes, 0, value.address(), bytes.length);
        session.seek(key, request.words().getFirst().length);
        session.putString(value.address(), bytes.length, Session.NEVER);
        return OK;
    }

    @Override
    public void close() {
        session.close();
        keys.close();
        value.close();
    }

    /** Requests in an array of bytes. */
    private static final class Input {
        private final byte[] bytes;
        /** The end of the last whole request. */
        private int done;

        private int at;

        Input(byte[] bytes) {
            this.bytes = bytes;
        }

        /** The words of the next whole request; none if there is no such. */
        List<byte[]> request() {
            at = done;
            int count = number();
            var words = new ArrayList<byte[]>();
            for (int i = 0; i < count; i++) {
                int length = number();
                if (length < 0 || at + length + LINE_END.length > bytes.length) {
                    return List.of();
                }
                words.add(Arrays.copyOfRange(bytes, at, at + length));
                at += length + LINE_END.length;
            }
            if (count > 0) {
                done = at;
            }
            return words;
        }

        /** Of a line {@code *N} or {@code $N}; -1 if it is not there as a whole. */
        private int number() {
            for (int end = at; end < bytes.length; end++) {
                if (bytes[end] == '\n') {
                    var text = new String(bytes, at + 1, end - at - 2, ISO_8859_1);
                    at = end + 1;
                    return Integer.parseInt(text);
                }
            }
            return -1;
        }
    }
}
