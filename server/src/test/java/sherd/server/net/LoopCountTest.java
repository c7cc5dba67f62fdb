package sherd.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LoopCountTest {
    private final LoopCount count = new LoopCount(2);

    private double room = 1;

    private int rounds(int rounds, double... shares) {
        int loops = count.count();
        for (int i = 0; i < rounds; i++) {
            loops = count.next(shares, room);
        }
        return loops;
    }

    @Test
    void oneLoopDoesUntilItIsBusyForTwoRounds() {
        assertThat(rounds(100, 0.7, 0)).isEqualTo(1);
        assertThat(rounds(1, 0.9, 0)).isEqualTo(1);
        assertThat(rounds(1, 0.5, 0)).isEqualTo(1);
        assertThat(rounds(2, 0.9, 0)).isEqualTo(2);
    }

    @Test
    void thereAreNeverMoreThanThereAre() {
        assertThat(rounds(100, 1, 1)).isEqualTo(2);
    }

    @Test
    void oneFewerWhenTheRestCouldHaveCarriedEverythingForTenRounds() {
        rounds(2, 1, 1);
        assertThat(rounds(9, 0.3, 0.2)).isEqualTo(2);
        assertThat(rounds(1, 0.4, 0.4)).isEqualTo(2);
        assertThat(rounds(9, 0.3, 0.2)).isEqualTo(2);
        assertThat(rounds(1, 0.3, 0.2)).isEqualTo(1);
        assertThat(rounds(100, 0, 0)).isEqualTo(1);
    }

    @Test
    void oneLoopDoesWhileTheMachineHasNoProcessorToSpare() {
        room = 0.6;
        assertThat(rounds(100, 0.9, 0)).isEqualTo(1);
        room = 0.7;
        assertThat(rounds(1, 0.9, 0)).isEqualTo(1);
        room = 0.6;
        assertThat(rounds(1, 0.9, 0)).isEqualTo(1);
        room = 0.7;
        assertThat(rounds(2, 0.9, 0)).isEqualTo(2);
    }

    @Test
    void aLoopThatIsNeverIdleGetsAnotherBesideItWhenHalfAProcessorIsLeft() {
        room = 0.45;
        assertThat(rounds(100, 1, 0)).isEqualTo(1);
        room = 0.55;
        assertThat(rounds(1, 1, 0)).isEqualTo(1);
        assertThat(rounds(1, 0.9, 0)).isEqualTo(1);
        assertThat(rounds(2, 1, 0)).isEqualTo(2);
        assertThat(rounds(100, 0.5, 0.5)).isEqualTo(2);
    }

    @Test
    void roundsWithRoomMakeUpForCrowdedOnes() {
        rounds(2, 1, 1);
        for (int i = 0; i < 100; i++) {
            room = i % 3 == 0 ? 0.1 : 0.3;
            assertThat(rounds(1, 0.5, 0.5)).isEqualTo(2);
        }
        int crowdedFor = 0;
        for (; crowdedFor < 100 && count.count() == 2; crowdedFor++) {
            room = crowdedFor % 3 == 0 ? 0.3 : 0.1;
            rounds(1, 0.5, 0.5);
        }
        assertThat(crowdedFor).isBetween(20, 40);
        assertThat(count.count()).isEqualTo(1);
    }

    @Test
    void oneFewerWhenOneCanAboutCarryItAndThereIsNoProcessorToSpare() {
        rounds(2, 1, 1);
        assertThat(rounds(100, 0.5, 0.4)).isEqualTo(2);
        room = 0.1;
        assertThat(rounds(100, 0.6, 0.6)).isEqualTo(2);
        assertThat(rounds(9, 0.5, 0.4)).isEqualTo(2);
        assertThat(rounds(1, 0.5, 0.4)).isEqualTo(1);
    }
}
