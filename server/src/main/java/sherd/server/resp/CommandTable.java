package sherd.server.resp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.OffHeap;

/**
 * From a name to its command, upper and lower case alike, without an allocation: open addressing over names packed into
 * two longs. Names have at most 16 bytes.
 */
final class CommandTable {
    private static final int MAX_NAME = 16;
    private static final int SLOTS = 1024;
    private static final long LOWER = 0x2020202020202020L;

    private final long[] low = new long[SLOTS];
    private final long[] high = new long[SLOTS];
    private final @Nullable CommandSpec[] specs = new @Nullable CommandSpec[SLOTS];
    private final List<CommandSpec> all;

    CommandTable(Collection<CommandSpec> commands) {
        var sorted = new ArrayList<CommandSpec>();
        commands.stream()
                .sorted(Comparator.comparing(CommandSpec::name))
                .forEach(spec -> sorted.add(spec.withId(sorted.size() + 1)));
        all = List.copyOf(sorted);
        for (var spec : all) {
            add(spec);
        }
    }

    /** Everything this door answers. */
    static CommandTable standard() {
        var specs = new ArrayList<CommandSpec>();
        List<Consumer<List<CommandSpec>>> families = List.of(
                StringCommands::register,
                CounterCommands::register,
                KeyCommands::register,
                ExpiryCommands::register,
                KeyspaceCommands::register,
                HashCommands::register,
                HashSampleCommands::register,
                EtagCommands::register,
                TransactionCommands::register,
                ScriptCommands::register,
                ConnectionCommands::register,
                ClientCommands::register,
                ServerCommands::register,
                ConfigCommands::register,
                CommandCommands::register,
                AbsentCommands::register);
        for (var family : families) {
            family.accept(specs);
        }
        return new CommandTable(specs);
    }

    /** Sorted by name. */
    List<CommandSpec> all() {
        return all;
    }

    @Nullable
    CommandSpec find(long address, int length) {
        if (length == 0 || length > MAX_NAME) {
            return null;
        }
        var spec = find(pack(address, Math.min(length, 8)), length > 8 ? pack(address + 8, length - 8) : 0);
        return spec != null && spec.name().length() == length ? spec : null; // zero bytes pack to nothing
    }

    @Nullable
    CommandSpec find(String name) {
        var bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length == 0 || bytes.length > MAX_NAME) {
            return null;
        }
        return find(pack(bytes, 0), pack(bytes, 8));
    }

    private @Nullable CommandSpec find(long lowWord, long highWord) {
        for (int slot = slot(lowWord, highWord); ; slot = (slot + 1) & (SLOTS - 1)) {
            if (low[slot] == lowWord && high[slot] == highWord) {
                return specs[slot];
            }
            if (low[slot] == 0) {
                return null;
            }
        }
    }

    private void add(CommandSpec spec) {
        var bytes = spec.name().getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > MAX_NAME || find(spec.name()) != null) {
            throw new IllegalArgumentException("bad or double command: " + spec.name());
        }
        long lowWord = pack(bytes, 0);
        long highWord = pack(bytes, 8);
        int slot = slot(lowWord, highWord);
        while (low[slot] != 0) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        low[slot] = lowWord;
        high[slot] = highWord;
        specs[slot] = spec;
    }

    private static int slot(long lowWord, long highWord) {
        return (int) (((lowWord ^ (highWord * 31)) * 0x9E3779B97F4A7C15L) >>> 54);
    }

    /**
     * Up to eight bytes in lower case. Setting one bit makes a letter lower case; of other bytes some are changed, but none
     * into a letter, so they do not match.
     */
    private static long pack(long address, int length) {
        long word = 0;
        for (int i = 0; i < length; i++) {
            word |= (long) OffHeap.getUnsignedByte(address + i) << (8 * i);
        }
        return word | LOWER >>> (64 - 8 * length);
    }

    private static long pack(byte[] bytes, int from) {
        long word = 0;
        for (int i = from; i < Math.min(bytes.length, from + 8); i++) {
            word |= ((bytes[i] & 0xFFL) | 0x20) << (8 * (i - from));
        }
        return word;
    }
}
