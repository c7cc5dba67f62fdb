package sherd.server.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/** Tells a connection just before its bytes are read: Netty asks for a buffer then, and says nothing else. */
@SuppressWarnings("deprecation") // of Netty's own interfaces only the deprecated one is what its transports ask for
final class TimedReads implements RecvByteBufAllocator {
    private final RecvByteBufAllocator buffers;
    private final Connection connection;

    TimedReads(RecvByteBufAllocator buffers, Connection connection) {
        this.buffers = buffers;
        this.connection = connection;
    }

    @Override
    public Handle newHandle() {
        return new Timed((ExtendedHandle) buffers.newHandle(), connection);
    }

    private static final class Timed extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle handle;
        private final Connection connection;

        Timed(ExtendedHandle handle, Connection connection) {
            super(handle);
            this.handle = handle;
            this.connection = connection;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            connection.reading();
            return handle.allocate(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return handle.continueReading(maybeMoreData);
        }
    }
}
