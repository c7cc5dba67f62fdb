package sherd.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a loop that has nothing to do pauses. */
final class GatherRuleTest {
    private static final long WINDOW = 1_000_000;

    private final GatherRule rule = new GatherRule();

    private boolean pauses(int reads, int senders, int commands) {
        rule.window(WINDOW, reads, senders, commands);
        return rule.pauses();
    }

    @Test
    void aFreshLoopDoesNot() {
        assertThat(rule.pauses()).isFalse();
    }

    @Test
    void manyClientsOfOneCommandEach() {
        assertThat(pauses(100, 50, 100)).isTrue();
        assertThat(pauses(100, 12, 100)).isTrue();
    }

    @Test
    void fewClientsAreNotKeptWaiting() {
        assertThat(pauses(45, 1, 45)).isFalse();
        assertThat(pauses(100, 8, 100)).isFalse();
        assertThat(pauses(100, 11, 100)).isFalse();
        assertThat(pauses(500, 50, 500)).isFalse();
    }

    @Test
    void aPauseThatBringsNothingIsNotTaken() {
        assertThat(pauses(39, 39, 39)).isFalse();
        assertThat(pauses(40, 40, 40)).isTrue();
        assertThat(pauses(0, 0, 0)).isFalse();
    }

    @Test
    void manyCommandsAReadAreExecutedAtOnce() {
        assertThat(pauses(100, 50, 400)).isTrue();
        assertThat(pauses(100, 50, 401)).isFalse();
        assertThat(pauses(100, 50, 6_400)).isFalse();
    }

    /** A loop that slept for long is measured by the time that it took. */
    @Test
    void itIsAboutTheRate() {
        rule.window(10 * WINDOW, 100, 50, 100);
        assertThat(rule.pauses()).isFalse();
        rule.window(10 * WINDOW, 1_000, 50, 1_000);
        assertThat(rule.pauses()).isTrue();
    }
}
