package sherd.engine.archive.arrow;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.function.LongSupplier;

/** Opens compressed buffers of many batches, one after the other, with memory that it keeps. One owner. */
public final class Opener implements AutoCloseable {
    /** What Zstandard keeps for it outside the heap, about. */
    public static final long HELD_BYTES = 160 << 10;

    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private byte[] offsets = {};

    void open(byte[] source, int start, int length, byte[] target, int wanted) {
        require(wanted, () -> context.decompressByteArray(target, 0, wanted, source, start, length));
    }

    /** The same with nothing that is kept. */
    static byte[] opened(byte[] source, int start, int length, int wanted) {
        var target = new byte[wanted];
        require(wanted, () -> Zstd.decompressByteArray(target, 0, wanted, source, start, length));
        return target;
    }

    private static void require(int wanted, LongSupplier opening) {
        try {
            if (opening.getAsLong() == wanted) {
                return;
            }
        } catch (ZstdException e) {
            throw new IllegalArgumentException("compressed bytes do not open: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("compressed bytes open to another length");
    }

    /** For the offsets of a column while they are read. */
    byte[] offsets(int length) {
        if (offsets.length < length) {
            offsets = new byte[length];
        }
        return offsets;
    }

    @Override
    public void close() {
        context.close();
    }
}
