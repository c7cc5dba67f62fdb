package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TokenizerTest {
    private final Tokenizer tokenizer = new Tokenizer();

    private List<String> words(String text) {
        return terms(text, false);
    }

    private List<String> compounds(String text) {
        return terms(text, true);
    }

    private List<String> terms(String text, boolean compounds) {
        var terms = new ArrayList<String>();
        var bytes = text.getBytes(UTF_8);
        tokenizer.tokenize(bytes, 0, bytes.length, new TermSink() {
            @Override
            public void word(byte[] buffer, int offset, int length) {
                if (!compounds) {
                    terms.add(new String(buffer, offset, length, UTF_8));
                }
            }

            @Override
            public void compound(byte[] buffer, int offset, int length) {
                if (compounds) {
                    terms.add(new String(buffer, offset, length, UTF_8));
                }
            }
        });
        assertThat(new String(bytes, UTF_8)).as("the text itself is left alone").isEqualTo(text);
        return terms;
    }

    @Test
    void wordsAreRunsOfLettersDigitsAndUnderscores() {
        assertThat(words("Error: user_1 can't, x=9\r")).containsExactly("error", "user_1", "can", "t", "x", "9");
        assertThat(words("")).isEmpty();
        assertThat(words(" --- ")).isEmpty();
    }

    @Test
    void asciiIsCutAsARegularExpressionWould() {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            var bytes = new byte[random.nextInt(200)];
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] = (byte) random.nextInt(128);
            }
            var text = new String(bytes, UTF_8);
            var wanted = Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9_]+"))
                    .filter(w -> !w.isEmpty())
                    .toList();
            assertThat(words(text)).isEqualTo(wanted);
            // The other path must agree: one character beyond ASCII, apart from the rest, sends the text there.
            assertThat(words(text + " \u20AC")).isEqualTo(wanted);
            assertThat(compounds(text + " \u20AC")).isEqualTo(compounds(text));
        }
    }

    @Test
    void casesAndFormsOfACharacterAreOne() {
        assertThat(words("Straße STRASSE")).containsExactly("strasse", "strasse");
        assertThat(words("cafe\u0301 CAFÉ")).containsExactly("café", "café");
        assertThat(words("ﬁne ＦＵＬＬ")).containsExactly("fine", "full");
        assertThat(words("İstanbul i\u0307stanbul ISTANBUL I\u0307STANBUL i\u0327\u0307x I\u0327\u0307X"))
                .containsExactly("istanbul", "istanbul", "istanbul", "istanbul", "i\u0327x", "i\u0327x");
        assertThat(words("ΣΑΣ σας")).containsExactly("σασ", "σασ");
    }

    @Test
    void charactersWithoutSpacesBetweenWordsAreCutIntoPairs() {
        assertThat(words("漢字典")).containsExactly("漢字", "字典");
        assertThat(words("漢 x")).containsExactly("漢", "x");
        assertThat(words("iPhone手机壳2")).containsExactly("iphone", "手机", "机壳", "2");
    }

    @Test
    void joinedWordsAreAlsoOneTerm() {
        assertThat(compounds("at 10.0.0.1:8080, /var/log/x.log me@example.com f47ac10b-58cc"))
                .containsExactly("10.0.0.1:8080", "var/log/x.log", "me@example.com", "f47ac10b-58cc");
        assertThat(compounds("a..b a. .b -")).isEmpty();
        assertThat(compounds("ü.ä 漢字.x")).containsExactly("ü.ä");
        assertThat(compounds("a".repeat(40) + "." + "b".repeat(23))).hasSize(1);
        assertThat(compounds("a".repeat(40) + "." + "b".repeat(24))).isEmpty();
        assertThat(leftOut("a".repeat(40) + "." + "b".repeat(24))).isEqualTo(1);
        assertThat(leftOut("1".repeat(40) + "." + "1".repeat(24))).isZero();
    }

    @Test
    void timesAndNumbersAreNoCompounds() {
        assertThat(compounds("[2016-12-19 20:44:59.210] 17/May/2015:10:05:03 2026-01-31T08:00:00Z 3.14 10:05 1-2-3-4"))
                .isEmpty();
        assertThat(compounds("2016-12-19-app 17/Mayor/2015 2016-12-19T20Q 1.2.3.4.5 300.1.2.3"))
                .containsExactly("2016-12-19-app", "17/mayor/2015", "2016-12-19t20q", "1.2.3.4.5", "300.1.2.3");
    }

    /** A run that is no term must not lie within one that would have to be: the dictionary proves absence by it. */
    @Test
    void whatContainsANamedRunIsNamedToo() {
        var random = new Random(2);
        var parts = List.of("1", "10", "255", "1000", "may", "ma", "t", "5t5", "9z", "z9", "app", "ü", "sept");
        int named = 0;
        for (int i = 0; i < 20_000; i++) {
            var run = new StringBuilder(parts.get(random.nextInt(parts.size())));
            for (int w = 1 + random.nextInt(6); w > 0; w--) {
                run.append(".:/-@..".charAt(random.nextInt(7))).append(parts.get(random.nextInt(parts.size())));
            }
            var text = run.toString().getBytes(UTF_8);
            int from = random.nextInt(text.length);
            int to = from + 1 + random.nextInt(text.length - from);
            if ((text[from] & 0xC0) == 0x80 || (to < text.length && (text[to] & 0xC0) == 0x80)) {
                continue;
            }
            boolean openStart = from > 0 && !Tokenizer.isConnector(text[from - 1]);
            boolean openEnd = to < text.length && !Tokenizer.isConnector(text[to]);
            if (Compounds.named(text, from, to - from, openStart, openEnd)) {
                named++;
                assertThat(Compounds.named(text, 0, text.length))
                        .as("%s of %s", run.substring(0), run)
                        .isTrue();
            }
        }
        assertThat(named).isGreaterThan(1000);
    }

    private int leftOut(String text) {
        var seen = new int[1];
        var bytes = text.getBytes(UTF_8);
        tokenizer.tokenize(bytes, 0, bytes.length, new TermSink() {
            @Override
            public void word(byte[] buffer, int offset, int length) {}

            @Override
            public void leftOutCompound() {
                seen[0]++;
            }
        });
        return seen[0];
    }

    @Test
    void brokenUtf8SeparatesWords() {
        var seen = new ArrayList<String>();
        var bytes = new byte[] {'a', (byte) 0xFF, 'b', (byte) 0xC3};
        tokenizer.tokenize(bytes, 0, bytes.length, new TermSink() {
            @Override
            public void word(byte[] buffer, int offset, int length) {
                seen.add(new String(buffer, offset, length, UTF_8));
            }
        });
        assertThat(seen).containsExactly("a", "b");
    }
}
