package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** A decoder that has seen commands before decodes as one that has not. */
final class KnownHeadersTest {
    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final CommandTable table = CommandTable.standard();

    private record Decoded(List<String> commands, int bytes, String error) {}

    private Decoded decode(Batch batch, String input) {
        try (var memory = new Region(budget, MemoryBudget.Purpose.NETWORK, 4096);
                var lines = new Region(budget, MemoryBudget.Purpose.NETWORK, Decoder.MAX_LINE)) {
            var bytes = input.getBytes(StandardCharsets.ISO_8859_1);
            OffHeap.copy(bytes, 0, memory.address(), bytes.length);
            batch.clear();
            var decoder = new Decoder(table, budget);
            int done = decoder.decode(memory.address(), bytes.length, batch, 1000, lines);
            var commands = new ArrayList<String>();
            for (int i = 0; i < batch.size(); i++) {
                var spec = batch.spec(i);
                var words = new StringBuilder(spec == null ? "?" : spec.name());
                for (int word = 0; word < batch.count(i); word++) {
                    var text = OffHeap.toArray(batch.address(i, word), batch.length(i, word));
                    words.append(' ').append(new String(text, StandardCharsets.ISO_8859_1));
                }
                commands.add(words.append(" @").append(batch.end(i)).toString());
            }
            return new Decoded(commands, done, String.valueOf(decoder.error()));
        }
    }

    @Test
    void aHeadIsTakenForWhatItsOwnBytesSay() {
        var batch = new Batch();
        var set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nvv\r\n";
        assertThat(decode(batch, set).commands()).containsExactly("set SET k vv @28");
        assertThat(batch.headers().words(0)).isEqualTo(3);
    }

    @Test
    void whateverCameBeforeTheSameBytesDecodeToTheSame() {
        long seed = Long.getLong("sherd.seed", System.nanoTime());
        var random = new Random(seed);
        var heads = List.of(
                "*3\r\n$3\r\nSET\r\n",
                "*2\r\n$3\r\nGET\r\n",
                "*2\r\n$3\r\nget\r\n",
                "*3\r\n$3\r\nGET\r\n",
                "*2\r\n$3\r\nSET\r\n",
                "*02\r\n$3\r\nDEL\r\n",
                "*2\r\n$03\r\nDEL\r\n",
                "*2\r\n$4\r\nINCR\r\n",
                "*1\r\n$4\r\nPING\r\n",
                "*1\r\n$1\r\nX\r\n",
                "*3\r\n$6\r\nEXPIRE\r\n",
                "*4\r\n$10\r\nSETIFMATCH\r\n",
                "*2\r\n$3\r\nGETxx",
                "*2\n\n$3\r\nGET\r\n");
        var warm = new Batch();
        for (int i = 0; i < 20_000; i++) {
            var input = new StringBuilder();
            for (int n = random.nextInt(4); n >= 0; n--) {
                input.append(heads.get(random.nextInt(heads.size())));
                for (int words = random.nextInt(4); words > 0; words--) {
                    var word = "k".repeat(random.nextInt(12));
                    input.append('$')
                            .append(word.length())
                            .append("\r\n")
                            .append(word)
                            .append("\r\n");
                }
            }
            input.setLength(random.nextInt(input.length() + 1));
            var text = input.toString();
            assertThat(decode(warm, text)).as("seed=%d input=%s", seed, text).isEqualTo(decode(new Batch(), text));
        }
        assertThat(budget.usedBytes()).isZero();
    }
}
