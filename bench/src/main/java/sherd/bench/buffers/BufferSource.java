package sherd.bench.buffers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;

/** Where buffers come from. Each is written to at both ends when it is taken, and lives on in a slot until it is given back. */
sealed interface BufferSource extends AutoCloseable {
    /** A way to have a buffer. */
    enum Variant {
        /** Blocks of the product's slabs, as rows have them. */
        SLABS,
        /** Netty's pool, as the doors' network buffers have it. */
        NETTY_POOL,
        /** A block of the C library with an account, as the doors' scratch has it. */
        REGION,
        /** {@code ByteBuffer.allocateDirect}. */
        DIRECT,
        /** An arena for each. */
        ARENA,
        /** Netty without its pool. */
        NETTY_UNPOOLED,
        /** {@code new byte[]}. */
        HEAP;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Takes a buffer into a slot, which is empty. */
    void take(int slot, int bytes, long mark);

    /** Gives the buffer of a slot back; returns what was written into it. */
    long give(int slot, int bytes);

    @Override
    default void close() {}

    static BufferSource of(Variant variant, int slots) {
        return switch (variant) {
            case SLABS -> new Slabs(slots);
            case NETTY_POOL -> new Netty(PooledByteBufAllocator.DEFAULT, slots);
            case NETTY_UNPOOLED -> new Netty(UnpooledByteBufAllocator.DEFAULT, slots);
            case REGION -> new Regions(slots);
            case DIRECT -> new Direct(slots);
            case ARENA -> new Arenas(slots);
            case HEAP -> new Heap(slots);
        };
    }

    final class Slabs implements BufferSource {
        private final SlabPool pool = new SlabPool(new MemoryBudget(1L << 30));
        private final RecordHeap heap = new RecordHeap(pool, MemoryBudget.Purpose.NETWORK);
        private final long[] addresses;

        Slabs(int slots) {
            addresses = new long[slots];
        }

        @Override
        public void take(int slot, int bytes, long mark) {
            long address = heap.allocate(bytes);
            OffHeap.putLong(address, mark);
            OffHeap.putLong(address + bytes - Long.BYTES, mark);
            addresses[slot] = address;
        }

        @Override
        public long give(int slot, int bytes) {
            long address = addresses[slot];
            long mark = OffHeap.getLong(address) + OffHeap.getLong(address + bytes - Long.BYTES);
            heap.free(address, bytes);
            return mark;
        }

        @Override
        public void close() {
            heap.close();
            pool.close();
        }
    }

    final class Netty implements BufferSource {
        private final ByteBufAllocator allocator;
        private final @Nullable ByteBuf[] buffers;

        Netty(ByteBufAllocator allocator, int slots) {
            this.allocator = allocator;
            this.buffers = new ByteBuf[slots];
        }

        @Override
        public void take(int slot, int bytes, long mark) {
            buffers[slot] =
                    allocator.directBuffer(bytes, bytes).setLongLE(0, mark).setLongLE(bytes - Long.BYTES, mark);
        }

        @Override
        public long give(int slot, int bytes) {
            var buffer = buffers[slot];
            if (buffer == null) {
                return 0;
            }
            long mark = buffer.getLongLE(0) + buffer.getLongLE(bytes - Long.BYTES);
            buffer.release();
            return mark;
        }
    }

    final class Regions implements BufferSource {
        private final MemoryBudget budget = new MemoryBudget(1L << 30);
        private final @Nullable Region[] regions;

        Regions(int slots) {
            regions = new Region[slots];
        }

        @Override
        public void take(int slot, int bytes, long mark) {
            var region = new Region(budget, MemoryBudget.Purpose.NETWORK, bytes);
            OffHeap.putLong(region.address(), mark);
            OffHeap.putLong(region.address() + bytes - Long.BYTES, mark);
            regions[slot] = region;
        }

        @Override
        public long give(int slot, int bytes) {
            var region = regions[slot];
            if (region == null) {
                return 0;
            }
            long mark = OffHeap.getLong(region.address()) + OffHeap.getLong(region.address() + bytes - Long.BYTES);
            region.close();
            return mark;
        }
    }

    final class Direct implements BufferSource {
        private final @Nullable ByteBuffer[] buffers;

        Direct(int slots) {
            buffers = new ByteBuffer[slots];
        }

        @Override
        public void take(int slot, int bytes, long mark) {
            buffers[slot] = ByteBuffer.allocateDirect(bytes).putLong(0, mark).putLong(bytes - Long.BYTES, mark);
        }

        @Override
        public long give(int slot, int bytes) {
            var buffer = buffers[slot];
            buffers[slot] = null;
            return buffer == null ? 0 : buffer.getLong(0) + buffer.getLong(bytes - Long.BYTES);
        }
    }

    final class Arenas implements BufferSource {
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

        private final @Nullable Arena[] arenas;
        private final @Nullable MemorySegment[] segments;

        Arenas(int slots) {
            arenas = new Arena[slots];
            segments = new MemorySegment[slots];
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker") // it is, when its buffer is given back
        public void take(int slot, int bytes, long mark) {
            var arena = Arena.ofConfined();
            var segment = arena.allocate(bytes, Long.BYTES);
            segment.set(LONG, 0, mark);
            segment.set(LONG, bytes - Long.BYTES, mark);
            arenas[slot] = arena;
            segments[slot] = segment;
        }

        @Override
        public long give(int slot, int bytes) {
            var arena = arenas[slot];
            var segment = segments[slot];
            if (arena == null || segment == null) {
                return 0;
            }
            long mark = segment.get(LONG, 0) + segment.get(LONG, bytes - Long.BYTES);
            arena.close();
            return mark;
        }
    }

    final class Heap implements BufferSource {
        private static final VarHandle LONG =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        private final byte[] @Nullable [] arrays;

        Heap(int slots) {
            arrays = new byte[slots][];
        }

        @Override
        public void take(int slot, int bytes, long mark) {
            var array = new byte[bytes];
            LONG.set(array, 0, mark);
            LONG.set(array, bytes - Long.BYTES, mark);
            arrays[slot] = array;
        }

        @Override
        public long give(int slot, int bytes) {
            var array = arrays[slot];
            arrays[slot] = null;
            return array == null ? 0 : (long) LONG.get(array, 0) + (long) LONG.get(array, bytes - Long.BYTES);
        }
    }
}
