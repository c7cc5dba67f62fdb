package sherd.server.resp;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * The bytes of a region on their way to the network, which owns it: it is closed when the last byte is out, or nobody
 * wants it.
 */
final class RegionBuf extends UnpooledDirectByteBuf {
    private final Region region;

    RegionBuf(ByteBufAllocator allocator, Region region, int bytes) {
        super(allocator, OffHeap.buffer(region.address(), bytes), bytes);
        this.region = region;
    }

    Region region() {
        return region;
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        region.close();
    }
}
