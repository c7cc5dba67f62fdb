package sherd.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects a body of bounded length outside the heap and hands it over whole. */
final class DocumentBody implements Body {
    private static final int FIRST_BYTES = 1024;

    private final String what;
    private final int limit;
    private final Consumer<byte[]> whenComplete;
    private @Nullable ByteBuf bytes;

    private DocumentBody(String what, int limit, Consumer<byte[]> whenComplete) {
        this.what = what;
        this.limit = limit;
        this.whenComplete = whenComplete;
    }

    /** One JSON document. */
    static Body json(Exchange exchange, Consumer<byte[]> whenComplete) {
        int limit = exchange.limits().documentBytes();
        exchange.requireLength("JSON document", limit);
        return new DocumentBody("JSON document", limit, whenComplete);
    }

    /** Bytes as they are. */
    static Body raw(Exchange exchange, Consumer<byte[]> whenComplete) {
        int limit = exchange.limits().documentBytes();
        exchange.requireLength("value", limit);
        return new DocumentBody("value", limit, whenComplete);
    }

    @Override
    public void data(ByteBuf chunk) {
        var collected = bytes;
        if (collected == null) {
            collected = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(FIRST_BYTES, chunk.readableBytes()));
            bytes = collected;
        }
        if (collected.readableBytes() + chunk.readableBytes() > limit) {
            throw Problem.tooLarge(what, limit);
        }
        collected.writeBytes(chunk);
    }

    @Override
    public void end() {
        var whole = bytes == null ? new byte[0] : ByteBufUtil.getBytes(bytes);
        abandon();
        whenComplete.accept(whole);
    }

    @Override
    public void abandon() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
