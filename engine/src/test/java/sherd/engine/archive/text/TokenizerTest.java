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
            var bytes = new byte[random.nextInt(60)];
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

            @Override
            public void compound(byte[] buffer, int offset, int length) {}
        });
        assertThat(seen).containsExactly("a", "b");
    }
}
