package sherd.server.resp;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import sherd.bench.fuzz.RespSeeds;
import sherd.bench.fuzz.Target;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * The decoder alone: bytes sent in pieces are the commands, and end in the fault, that they are when sent whole. It is
 * in this package because that is where the decoder is to be seen.
 */
@NullMarked
public final class DecoderTarget implements Target {
    private static final int AT_ONCE = 64;
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final Region memory = new Region(budget, MemoryBudget.Purpose.NETWORK, 64 << 10);
    private final Region lines = new Region(budget, MemoryBudget.Purpose.NETWORK, Decoder.MAX_LINE + 64);
    private final CommandTable table = CommandTable.standard();
    private final Batch batch = new Batch();
    private long sum;

    @Override
    public List<byte[]> seeds() {
        return RespSeeds.streams();
    }

    @Override
    public List<String> words() {
        return RespSeeds.WORDS;
    }

    @Override
    public void run(byte[] input) {
        int length = Math.min(input.length, (int) memory.capacity());
        OffHeap.copy(input, 0, memory.address(), length);
        long whole = decode(length, length);
        int random = Arrays.hashCode(input);
        int piece = 1 + Math.floorMod(random, Math.max(1, length));
        if (decode(length, piece) != whole || ((random & 15) == 0 && decode(length, 1) != whole)) {
            throw new AssertionError("pieces of bytes are other commands than the whole: piece=" + piece);
        }
    }

    /** A number for what comes of the input when it arrives in pieces, as a connection would decode it. */
    private long decode(int length, int piece) {
        var decoder = new Decoder(table, budget);
        try {
            return decode(decoder, length, piece);
        } finally {
            decoder.forget();
        }
    }

    private long decode(Decoder decoder, int length, int piece) {
        sum = 0;
        int start = 0;
        int end = 0;
        while (end < length) {
            end = Math.min(length, end + piece);
            while (start < end && end - start >= decoder.needed()) {
                batch.clear();
                int done = decoder.decode(memory.address() + start, end - start, batch, AT_ONCE, lines);
                batch.unplace();
                for (int command = 0; command < batch.size(); command++) {
                    add(command, start + done, end);
                }
                var error = decoder.error();
                if (error != null) {
                    return sum * STEP + error.hashCode();
                }
                start += done;
                if (done == 0) {
                    break;
                }
            }
        }
        return sum;
    }

    private void add(int command, int done, int end) {
        var spec = batch.spec(command);
        note(spec == null ? 0 : spec.name().hashCode());
        note(batch.count(command));
        if (batch.count(command) == 0 || batch.end(command) > end || done > end) {
            throw new AssertionError("an impossible command: words=" + batch.count(command) + " end="
                    + batch.end(command) + " of=" + end);
        }
        for (int word = 0; word < batch.count(command); word++) {
            long address = batch.address(command, word);
            int bytes = batch.length(command, word);
            boolean received = address >= memory.address() && address + bytes <= memory.address() + end;
            boolean unquoted = address >= lines.address() && address + bytes <= lines.address() + lines.capacity();
            if (bytes < 0 || !(received || unquoted)) {
                throw new AssertionError("a word outside of what was received: bytes=" + bytes);
            }
            note(OffHeap.hash(address, bytes));
            note(bytes);
        }
    }

    private void note(long value) {
        sum = (sum ^ value) * STEP;
    }

    @Override
    public void close() {
        memory.close();
        lines.close();
        if (budget.usedBytes() != 0) {
            throw new AssertionError("memory did not come back: bytes=" + budget.usedBytes());
        }
    }
}
