package sherd.server.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** Numbers and patterns as Redis reads and writes them. */
final class NumbersTest {
    private final Region memory = new Region(new MemoryBudget(1 << 20), MemoryBudget.Purpose.NETWORK, 4096);

    @AfterEach
    void close() {
        memory.close();
    }

    private int put(String text) {
        var bytes = text.getBytes(ISO_8859_1);
        OffHeap.copy(bytes, 0, memory.address(), bytes.length);
        return bytes.length;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 9, 10, 99, 100, -100, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1})
    void integersAreReadAndWritten(long value) {
        int length = Numbers.put(memory.address(), value);
        assertThat(new String(OffHeap.toArray(memory.address(), length), ISO_8859_1))
                .isEqualTo(Long.toString(value));
        assertThat(Numbers.digits(value)).isEqualTo(length);
        assertThat(Numbers.isLong(memory.address(), length)).isTrue();
        assertThat(Numbers.toLong(memory.address(), length)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                "01",
                "-0",
                " 1",
                "1 ",
                "1.0",
                "a",
                "9223372036854775808",
                "-9223372036854775809",
                "99999999999999999999",
                "100000000000000000000"
            })
    void whatIsNoIntegerIsRefused(String text) {
        assertThat(Numbers.isLong(memory.address(), put(text))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 0.2, 0.3",
        "10.5, 0.1, 10.6",
        "5.0e3, 2.0e2, 5200",
        "3, 1.000000000000000005, 4.00000000000000001",
        "1, -1, 0",
        "-0.0, 0, 0",
        "0x1p4, 0, 16",
        "1e18, 0.5, 1000000000000000000.5",
        "0.00000000000000000123, 0, 0",
        "9007199254740993, 0, 9007199254740993",
        "1000000.1, 0, 1000000.10000000000002274",
    })
    void sumsAreThoseOf80Bits(String left, String right, String sum) {
        var a = Objects.requireNonNull(LongDouble.parse(left));
        var b = Objects.requireNonNull(LongDouble.parse(right));
        assertThat(LongDouble.text(LongDouble.add(a, b))).isEqualTo(sum);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", " 1", "1 ", "nan", "1e5000", "1e-9999", "0x", "1e", ".", "inf", "1e999999999"})
    void whatIsNoFiniteNumberIsRefused(String text) {
        assertThat(LongDouble.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "h?llo, hello, true",
        "h*llo, heeeello, true",
        "h[ae]llo, hillo, false",
        "h[^e]llo, hello, false",
        "h[a-c]llo, hbllo, true",
        "h[c-a]llo, hbllo, true",
        "h\\*llo, h*llo, true",
        "*, '', true",
        "a*, b, false",
        "[a, a, true",
        "a[]b, ab, false",
        "**a**, bab, true",
        "a?, a, false",
        "'', '', true",
        "a, '', false",
    })
    void patternsMatchAsInRedis(String pattern, String text, boolean matches) {
        assertThat(new Glob(pattern.getBytes(ISO_8859_1)).matches(text.getBytes(ISO_8859_1), memory.address()))
                .isEqualTo(matches);
    }

    @Test
    void aPatternOfManyStarsEnds() {
        var glob = new Glob("a*a*a*a*a*a*a*a*a*a*a*a*a*a*b".getBytes(ISO_8859_1));
        assertThat(glob.matches("a".repeat(1000).getBytes(ISO_8859_1), memory.address()))
                .isFalse();
    }
}
