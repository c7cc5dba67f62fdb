package sherd.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sherd.bench.crash.Finding.Kind;

/** Doctored sights: whatever a node could get wrong is found, and what is right passes. Step n happens at time 10 n. */
final class JudgeTest {
    private static final Judge STRICT = new Judge(1_000, Judge.NO_LOSS);

    private final History history = new History("w");

    private void sent(String key, String value) {
        var fields = value.isEmpty() ? Seen.ABSENT : Map.of("", value);
        history.sent(key, fields, 10L * (history.sent() + 1));
    }

    private void acknowledged() {
        acknowledged("");
    }

    private void acknowledged(String etag) {
        history.acknowledged(etag, 10L * (history.acknowledged() + 1) + 5);
    }

    private void done(String key, String value) {
        sent(key, value);
        acknowledged();
    }

    private static Map<String, Seen> seen(String... keysAndValues) {
        var seen = new HashMap<String, Seen>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            seen.put(keysAndValues[i], Seen.value(keysAndValues[i + 1]));
        }
        return seen;
    }

    private static List<Kind> kinds(Verdict verdict) {
        return verdict.findings().stream().map(Finding::kind).toList();
    }

    private List<Kind> strictly(Map<String, Seen> seen) {
        return kinds(STRICT.judge(history, seen));
    }

    @Test
    void whatIsUnansweredMayBeThereOrNotButOnlyInOrder() {
        done("a", "1");
        sent("b", "2");
        sent("c", "3");
        assertThat(strictly(seen("a", "1"))).isEmpty();
        assertThat(strictly(seen("a", "1", "b", "2"))).isEmpty();
        assertThat(strictly(seen("a", "1", "b", "2", "c", "3"))).isEmpty();
        assertThat(strictly(seen("a", "1", "c", "3"))).containsExactly(Kind.HOLE);
    }

    @Test
    void aLostWriteIsFound() {
        done("a", "1");
        done("b", "2");
        assertThat(strictly(seen("a", "1", "b", "2"))).isEmpty();
        assertThat(strictly(seen("a", "1"))).containsExactly(Kind.LOST);
    }

    @Test
    void aLostUpdateIsFound() {
        done("a", "1");
        done("a", "2");
        assertThat(strictly(seen("a", "1"))).containsExactly(Kind.LOST);
    }

    @Test
    void aDeletedKeyThatIsBackIsFound() {
        done("a", "1");
        done("a", "");
        assertThat(strictly(seen())).isEmpty();
        assertThat(strictly(seen("a", "1"))).containsExactly(Kind.LOST);
    }

    @Test
    void aReplyThatIsReadAfterTheKillCountsToo() {
        done("a", "1");
        assertThat(kinds(new Judge(5, Judge.NO_LOSS).judge(history, seen()))).containsExactly(Kind.LOST);
    }

    @Test
    void aLaterWriteWithoutAnEarlierOneIsFoundUnderAnyPolicy() {
        done("a", "1");
        done("b", "2");
        assertThat(kinds(new Judge(30, 1_000).judge(history, seen()))).isEmpty();
        assertThat(kinds(new Judge(30, 1_000).judge(history, seen("b", "2")))).containsExactly(Kind.HOLE);
    }

    @Test
    void aLossOlderThanTheWindowIsFound() {
        done("a", "1"); // acknowledged at 15
        done("b", "2"); // at 25
        assertThat(kinds(new Judge(30, 10).judge(history, seen("a", "1")))).isEmpty();
        assertThat(kinds(new Judge(35, 10).judge(history, seen("a", "1")))).containsExactly(Kind.LOST);
        var verdict = new Judge(30, 10).judge(history, seen());
        assertThat(kinds(verdict)).containsExactly(Kind.LOST);
        assertThat(verdict.lost()).isEqualTo(2);
        assertThat(verdict.oldestLostNanos()).isEqualTo(15);
    }

    @Test
    void aValueThatWasNeverSentIsFound() {
        done("a", "1");
        assertThat(strictly(seen("a", "7"))).containsExactly(Kind.ALIEN);
        assertThat(strictly(seen("a", "1", "x", "7"))).containsExactly(Kind.ALIEN);
    }

    @Test
    void aStateOfAnEarlierRoundIsFound() {
        done("a", "1");
        done("a", "2");
        history.settle(seen("a", "2"), 2);
        assertThat(strictly(seen("a", "2"))).isEmpty();
        assertThat(strictly(seen("a", "1"))).containsExactly(Kind.ALIEN);
        assertThat(strictly(seen())).containsExactly(Kind.ALIEN);
    }

    @Test
    void halfOfAStepIsFound() {
        history.sent("h", Map.of("a", "1", "b", "1"), 10);
        assertThat(strictly(Map.of("h", new Seen(Map.of("a", "1"), "")))).containsExactly(Kind.ALIEN);
    }

    @Test
    void anEtagOfAnAcknowledgedWriteIsThatOfItsReply() {
        sent("a", "1");
        acknowledged("0:5");
        assertThat(strictly(Map.of("a", new Seen(Map.of("", "1"), "0:5")))).isEmpty();
        assertThat(strictly(Map.of("a", new Seen(Map.of("", "1"), "0:4")))).containsExactly(Kind.ALIEN);
        assertThat(strictly(Map.of("a", new Seen(Map.of("", "1"), "0:6")))).containsExactly(Kind.ALIEN);
    }

    @Test
    void anEtagOfAnUnansweredWriteIsBeyondTheLastKnown() {
        sent("a", "1");
        acknowledged("0:5");
        sent("a", "2");
        assertThat(strictly(Map.of("a", new Seen(Map.of("", "2"), "0:6")))).isEmpty();
        assertThat(strictly(Map.of("a", new Seen(Map.of("", "2"), "0:5")))).containsExactly(Kind.ALIEN);
    }

    @Test
    void aWriterMayNotKeepWhatWasSentAfterAnotherLostWrite() {
        done("a", "1"); // acknowledged at 15
        var later = new History("v");
        later.sent("b", Map.of("", "2"), 20);
        var judge = new Judge(30, 1_000);
        var lost = judge.judge(history, seen());
        var kept = judge.judge(later, seen("b", "2"));
        assertThat(Judge.judgeOrder(List.of(history, later), List.of(lost, kept)))
                .extracting(Finding::kind)
                .containsExactly(Kind.HOLE);
        var earlier = new History("u");
        earlier.sent("b", Map.of("", "2"), 12);
        assertThat(Judge.judgeOrder(List.of(history, earlier), List.of(lost, judge.judge(earlier, seen("b", "2")))))
                .isEmpty();
    }

    /** Any cut passes, any one key turned back from it does not. */
    @Test
    void everyCutOfARandomHistoryIsToldFromEveryHole() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        var states = new HashMap<String, Seen>();
        Map<String, Seen> before = Map.of();
        for (int step = 1; step <= 300; step++) {
            var key = "k" + random.nextInt(10);
            before = Map.copyOf(states);
            done(key, "v" + step);
            states.put(key, Seen.value("v" + step));
            var strict = STRICT.judge(history, states);
            assertThat(strict.findings()).as("seed %d step %d", seed, step).isEmpty();
            assertThat(strict.most()).isEqualTo(step);
            assertThat(strictly(before)).as("seed %d step %d", seed, step).containsExactly(Kind.LOST);
            var torn = new HashMap<>(states);
            var other = "k" + random.nextInt(10);
            if (!other.equals(key) && states.containsKey(other)) {
                torn.remove(other);
                assertThat(kinds(new Judge(1, Long.MAX_VALUE).judge(history, torn)))
                        .as("seed %d step %d", seed, step)
                        .containsExactly(Kind.HOLE);
            }
        }
    }
}
