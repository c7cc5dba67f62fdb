package sherd.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class StagesTest {
    private static final Object CLIENT = "client";
    private static final Object OTHER = "other";

    private final Stages stages = new Stages(1);
    private final StageClock clock = stages.newClock("test");

    private void batch(Object client) {
        clock.begin(client);
        clock.lap(Stage.READ);
        LockSupport.parkNanos(200_000);
        clock.lap(Stage.EXECUTE);
        clock.count(3);
        clock.end();
    }

    @Test
    void nothingIsTimedUntilSomebodyAsks() {
        batch(CLIENT);
        assertThat(stages.figures().batches()).isZero();
        stages.start();
        batch(CLIENT);
        stages.stop();
        batch(CLIENT);
        assertThat(stages.figures().batches()).isEqualTo(1);
        assertThat(stages.figures().commands()).isEqualTo(3);
    }

    @Test
    void theStagesOfABatchAreNoMoreThanItsTime() {
        stages.start();
        for (int i = 0; i < 50; i++) {
            batch(CLIENT);
        }
        var figures = stages.figures();
        long sum = 0;
        double cpu = 0;
        double tail = 0;
        for (var stage : Stage.values()) {
            sum += figures.nanos(stage);
            cpu += figures.cpuShare(stage);
            tail += figures.p99Share(stage);
        }
        assertThat(figures.nanos(Stage.EXECUTE)).isGreaterThan(50 * 150_000L);
        assertThat(sum).isBetween(figures.wallNanos() * 9 / 10, figures.wallNanos());
        assertThat(cpu).isBetween(0.999, 1.001);
        assertThat(tail).isBetween(0.999, 1.001);
        assertThat(figures.p99Nanos()).isGreaterThan(150_000);
    }

    @Test
    void oneBatchInSoManyIsTimed() {
        var few = new Stages(10);
        var sampled = few.newClock("test");
        few.start();
        for (int i = 0; i < 100; i++) {
            sampled.begin(CLIENT);
            sampled.count(1);
            sampled.end();
        }
        assertThat(few.figures().batches()).isEqualTo(10);
    }

    @Test
    void whatABatchWaitsForIsNoTimeOfTheLoop() {
        stages.start();
        clock.begin(CLIENT);
        clock.count(1);
        clock.lap(Stage.EXECUTE);
        var paused = Objects.requireNonNull(clock.pause());
        batch(OTHER);
        LockSupport.parkNanos(2_000_000);
        clock.resume(paused, CLIENT);
        clock.lap(Stage.REPLY);
        clock.end();
        var figures = stages.figures();
        assertThat(figures.batches()).isEqualTo(2);
        assertThat(figures.nanos(Stage.BACKEND_WAIT)).isGreaterThan(1_500_000);
        assertThat(figures.cpuShare(Stage.BACKEND_WAIT)).isZero();
        assertThat(figures.p99Share(Stage.BACKEND_WAIT)).isGreaterThan(0.5);
    }

    @Test
    void aBatchThatNeverEndsAndOneWithoutCommandsDoNotCount() {
        stages.start();
        clock.begin(CLIENT);
        clock.lap(Stage.READ);
        clock.begin(OTHER);
        clock.end();
        assertThat(stages.figures().batches()).isZero();
        assertThat(stages.figures().wallNanos()).isZero();
    }

    @Test
    void samplingGoesOnAsLongAsOneAsks() throws InterruptedException {
        stages.start();
        var go = new CountDownLatch(1);
        var askers = new Thread[4];
        for (int i = 0; i < askers.length; i++) {
            askers[i] = Thread.ofPlatform().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int k = 0; k < 10_000; k++) {
                    stages.start();
                    stages.stop();
                }
            });
        }
        go.countDown();
        for (var asker : askers) {
            asker.join();
        }
        assertThat(stages.sampling()).isTrue();
        stages.stop();
        assertThat(stages.sampling()).isFalse();
    }

    @Test
    void figuresCanBeTakenSinceAnEarlierLook() {
        stages.start();
        batch(CLIENT);
        var before = stages.figures();
        batch(CLIENT);
        batch(CLIENT);
        assertThat(stages.figures().since(before).batches()).isEqualTo(2);
    }
}
