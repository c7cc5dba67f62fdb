package sherd.server.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

final class DecoderTest {
    private final MemoryBudget budget = new MemoryBudget(1 << 30);
    private final Region memory = new Region(budget, MemoryBudget.Purpose.NETWORK, 1 << 22);
    private final Region lines = new Region(budget, MemoryBudget.Purpose.NETWORK, Decoder.MAX_LINE + 64);
    private final CommandTable table = CommandTable.standard();

    @AfterEach
    void allMemoryIsGivenBack() {
        memory.close();
        lines.close();
        assertThat(budget.usedBytes()).isZero();
    }

    /** What came of some input: the words of the commands, and the fault at its end. */
    private record Decoded(
            List<List<String>> commands, @Nullable String error) {}

    /** Feeds the input in pieces, keeping what is not decoded, as a connection does. */
    private Decoded decode(String input, int... cuts) {
        var decoder = new Decoder(table, budget);
        try {
            return decode(decoder, input, cuts);
        } finally {
            decoder.forget();
        }
    }

    private Decoded decode(Decoder decoder, String input, int... cuts) {
        var batch = new Batch();
        var commands = new ArrayList<List<String>>();
        var bytes = input.getBytes(ISO_8859_1);
        int start = 0;
        int end = 0;
        for (int piece = 0; piece <= cuts.length; piece++) {
            int next = piece < cuts.length ? cuts[piece] : bytes.length;
            OffHeap.copy(bytes, end, memory.address() + end, next - end);
            end = next;
            while (start < end) {
                batch.clear();
                int done = decoder.decode(memory.address() + start, end - start, batch, 3, lines);
                for (int i = 0; i < batch.size(); i++) {
                    commands.add(words(batch, i));
                }
                if (decoder.error() != null) {
                    return new Decoded(commands, decoder.error());
                }
                start += done;
                if (done == 0) {
                    break;
                }
            }
        }
        return new Decoded(commands, null);
    }

    private static List<String> words(Batch batch, int command) {
        var words = new ArrayList<String>();
        for (int i = 0; i < batch.count(command); i++) {
            words.add(new String(OffHeap.toArray(batch.address(command, i), batch.length(command, i)), ISO_8859_1));
        }
        return words;
    }

    @Test
    void commandsCutAtAnyByteAreTheSameCommands() {
        var input = String.join(
                        "\r\n",
                        List.of("*3", "$3", "SET", "$1", "k", "$5", "a", "bc", "PING", "*1", "$4", "PING", "", "*0"))
                + "\r\nSET \"a b\\x41\\n\" 'it\\'s'\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n";
        var whole = decode(input);
        assertThat(whole.error()).isNull();
        assertThat(whole.commands())
                .containsExactly(
                        List.of("SET", "k", "a\r\nbc"),
                        List.of("PING"),
                        List.of("PING"),
                        List.of("SET", "a bA\n", "it's"),
                        List.of("GET", ""));
        for (int cut = 0; cut <= input.length(); cut++) {
            assertThat(decode(input, cut)).as("cut=%d", cut).isEqualTo(whole);
        }
        var everywhere = new int[input.length()];
        for (int i = 0; i < everywhere.length; i++) {
            everywhere[i] = i;
        }
        assertThat(decode(input, everywhere)).isEqualTo(whole);
    }

    @Test
    void aCommandOfManyWordsMayTrickleIn() {
        var input = new StringBuilder("*1001\r\n$3\r\nDEL\r\n");
        var expected = new ArrayList<>(List.of("DEL"));
        for (int i = 0; i < 1000; i++) {
            input.append("$4\r\n").append(1000 + i).append("\r\n");
            expected.add(Integer.toString(1000 + i));
        }
        input.append("PING\r\n");
        var cuts = new int[input.length()];
        for (int i = 0; i < cuts.length; i++) {
            cuts[i] = i;
        }
        var decoded = decode(input.toString(), cuts);
        assertThat(decoded.error()).isNull();
        assertThat(decoded.commands()).containsExactly(expected, List.of("PING"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*x\\r\\n | invalid multibulk length",
                "*1048577\\r\\n | invalid multibulk length",
                "*99999999999999999999\\r\\n | invalid multibulk length",
                "*1\\r\\nPING\\r\\n | expected '$', got 'P'",
                "*1\\r\\n:1\\r\\n | expected '$', got ':'",
                "*1\\r\\n\\r\\n | expected '$', got ' '",
                "*1\\r\\n$-1\\r\\n | invalid bulk length",
                "*1\\r\\n$536870913\\r\\n | invalid bulk length",
                "*1\\r\\n$1x\\r\\n | invalid bulk length",
                "*1\\r\\n$01\\r\\n | invalid bulk length",
                "SET \"a\\r\\n | unbalanced quotes in request",
                "SET \"a\"b\\r\\n | unbalanced quotes in request",
                "SET 'a\\r\\n | unbalanced quotes in request",
            })
    void faultsAreNamedAsRedisNamesThem(String input, String fault) {
        var decoded = decode("PING\r\n" + input.replace("\\r", "\r").replace("\\n", "\n"));
        assertThat(decoded.error()).isEqualTo(fault);
        assertThat(decoded.commands()).containsExactly(List.of("PING"));
    }

    @Test
    void endlessLinesAreRefused() {
        var longest = "x".repeat(Decoder.MAX_LINE + 1);
        assertThat(decode(longest).error()).isEqualTo("too big inline request");
        assertThat(decode("*" + "1".repeat(Decoder.MAX_LINE + 1)).error()).isEqualTo("too big mbulk count string");
        assertThat(decode("*1\r\n$" + "1".repeat(Decoder.MAX_LINE + 1)).error()).isEqualTo("too big bulk count string");
    }

    @Test
    void aHugeBulkIsOnlyWaitedFor() {
        var decoder = new Decoder(table, budget);
        var input = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nstart".getBytes(ISO_8859_1);
        OffHeap.copy(input, 0, memory.address(), input.length);
        var batch = new Batch();
        assertThat(decoder.decode(memory.address(), input.length, batch, 10, lines))
                .isZero();
        assertThat(decoder.error()).isNull();
        assertThat(decoder.needed()).isGreaterThan(536_870_912L).isLessThan(536_870_912L + 100);
    }

    @Test
    void garbageGivesCommandsOrFaultsButNeverMore() {
        long seed = Long.getLong("sherd.test.seed", System.nanoTime());
        var random = new Random(seed);
        var pieces = List.of(
                "*",
                "$",
                "\r\n",
                "\r",
                "\n",
                "3",
                "1",
                "-1",
                "\"",
                "'",
                "\\x4",
                "GET",
                "k",
                "\0",
                " ",
                "*1\r\n$4\r\nPING\r\n");
        for (int round = 0; round < 20_000; round++) {
            var input = new StringBuilder();
            for (int i = random.nextInt(30); i >= 0; i--) {
                input.append(
                        random.nextInt(8) == 0
                                ? Character.toString((char) random.nextInt(256))
                                : pieces.get(random.nextInt(pieces.size())));
            }
            int cut = random.nextInt(input.length() + 1);
            assertThat(decode(input.toString(), cut))
                    .as("seed=%d round=%d", seed, round)
                    .isEqualTo(decode(input.toString()));
        }
    }
}
