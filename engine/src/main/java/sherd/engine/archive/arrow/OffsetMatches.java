package sherd.engine.archive.arrow;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.github.luben.zstd.SequenceProducer;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.NativeCallback;
import sherd.engine.memory.OffHeap;

/**
 * Tells Zstandard what repeats in offsets, which it would find out itself at its twelfth level only, in eight times the
 * time: mostly, the upper three bytes of a number are those of the number before.
 *
 * <p>Zstandard calls this for each block, looks at what it is told, and writes a usual frame from it. If it is told
 * nonsense, or that something went wrong, it looks for repetitions itself.
 */
final class OffsetMatches implements SequenceProducer {
    /** If a match cannot be told. */
    static final long FAILED = -1;

    /** Of a sequence: distance, bytes before the match, bytes of the match, each four bytes, and four of nothing. */
    static final int SEQUENCE_BYTES = 16;

    private static final int UPPER_BYTES = 0xFFFFFF00;

    private static final NativeCallback PRODUCE = new NativeCallback(
            producer(),
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT,
                    JAVA_LONG));

    @Override
    public long getFunctionPointer() {
        return PRODUCE.address();
    }

    @Override
    public long createState() {
        return 0;
    }

    @Override
    public void freeState(long state) {}

    private static MethodHandle producer() {
        try {
            var type = MethodType.methodType(
                    long.class,
                    long.class,
                    long.class,
                    long.class,
                    long.class,
                    long.class,
                    long.class,
                    long.class,
                    int.class,
                    long.class);
            return MethodHandles.lookup().findStatic(OffsetMatches.class, "produce", type);
        } catch (ReflectiveOperationException e) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "a method of this class is missing", e);
        }
    }

    /** As Zstandard calls it; whatever is thrown here would end the process. */
    @SuppressWarnings("unused")
    private static long produce(
            long state,
            long sequences,
            long capacity,
            long source,
            long length,
            long dictionary,
            long dictionaryLength,
            int level,
            long window) {
        try {
            return find(source, length, sequences, capacity);
        } catch (Throwable e) {
            return FAILED;
        }
    }

    /** Writes the sequences that make up so many bytes and returns how many they are, or {@link #FAILED}. */
    static long find(long source, long length, long sequences, long capacity) {
        long numbers = length / Integer.BYTES;
        if (capacity <= numbers) { // one for each number, and the last
            return FAILED;
        }
        long at = sequences;
        long done = 0;
        for (long number = 1; number < numbers; number++) {
            long start = number * Integer.BYTES;
            int changed = OffHeap.getInt(source + start) ^ OffHeap.getInt(source + start - Integer.BYTES);
            if ((changed & UPPER_BYTES) == 0) {
                start += changed == 0 ? 0 : 1;
                long end = (number + 1) * Integer.BYTES;
                while (end < length && OffHeap.getByte(source + end) == OffHeap.getByte(source + end - Integer.BYTES)) {
                    end++;
                }
                at = put(at, Integer.BYTES, start - done, end - start);
                done = end;
                number = (end - 1) / Integer.BYTES; // the last that has some of it
            }
        }
        return (put(at, 0, length - done, 0) - sequences) / SEQUENCE_BYTES;
    }

    private static long put(long at, int distance, long before, long length) {
        OffHeap.putInt(at, distance);
        OffHeap.putInt(at + 4, (int) before);
        OffHeap.putInt(at + 8, (int) length);
        OffHeap.putInt(at + 12, 0);
        return at + SEQUENCE_BYTES;
    }
}
