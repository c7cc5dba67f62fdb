package sherd.bench.load;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** Makes the commands of a load, one after the other, on one thread. */
public interface CommandSource {
    /** Appends the next command; returns whether it is a write. */
    boolean append(ByteBuf out);

    /**
     * Reads and writes of keys that are there.
     *
     * @param writes their share, 0 to 1
     */
    static CommandSource mix(
            Dialect dialect, LongSupplier keys, double writes, int valueBytes, SplittableRandom random) {
        var get = dialect.get(random);
        var set = dialect.set(valueBytes, random);
        return out -> {
            boolean isWrite = writes > 0 && random.nextDouble() < writes;
            (isWrite ? set : get).about(keys.getAsLong()).writeTo(out);
            return isWrite;
        };
    }

    /** A new key each time, so that the index grows. */
    static CommandSource growing(int valueBytes, SplittableRandom random) {
        return counted(new Request(Dialect.RESP.text("SET", Request.key("new"), Request.value(valueBytes)), random));
    }

    /** A new key each time, which is gone soon. */
    static CommandSource expiring(long lifeMillis, int valueBytes, SplittableRandom random) {
        var text = Dialect.RESP.text(
                "SET", Request.key("ttl"), Request.value(valueBytes), "PX", Long.toString(lifeMillis));
        return counted(new Request(text, random));
    }

    private static CommandSource counted(Request request) {
        var next = new long[1];
        return out -> {
            request.about(next[0]++).writeTo(out);
            return true;
        };
    }
}
