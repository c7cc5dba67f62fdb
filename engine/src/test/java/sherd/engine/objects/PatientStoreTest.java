package sherd.engine.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sherd.engine.objects.ObjectException.Reason;
import sherd.engine.objects.PatientStore.Patience;
import sherd.engine.sim.FaultStore;
import sherd.engine.sim.FaultStore.Fault;
import sherd.engine.time.ManualClock;

final class PatientStoreTest {
    private final FaultStore store = new FaultStore();
    private final ManualClock clock = new ManualClock(0);
    private final List<Long> pauses = new ArrayList<>();

    private PatientStore patient(Patience patience) {
        return new PatientStore(store, patience, clock, new SplittableRandom(1), pauses::add);
    }

    @Test
    void asksAgainAfterPausesThatGrowAndDiffer() throws Exception {
        var patient = patient(new Patience(5, 5, 1000));
        store.add("a", new byte[] {1, 2, 3, 4});
        store.failAt(1, Fault.STAY_AWAY, () -> {});
        assertThatThrownBy(() -> patient.size("a")).isInstanceOf(ObjectException.class);
        assertThat(store.steps()).isEqualTo(5);
        assertThat(pauses).hasSize(4);
        long most = 5_000_000L;
        assertThat(pauses.getFirst()).isBetween(1L, most);
        assertThat(pauses.stream().mapToLong(Long::longValue).sum()).isBetween(4L, most * 15);
        assertThat(pauses).doesNotHaveDuplicates();
    }

    @Test
    void aFailureThatPassesIsNotSeen() throws Exception {
        var patient = patient(new Patience(2, 0, 1000));
        store.add("a", new byte[] {1, 2, 3, 4});
        for (var fault : List.of(Fault.FAIL, Fault.LOSE_ANSWER, Fault.CUT)) {
            store.failAt(1, fault, () -> {});
            var target = ByteBuffer.allocate(3);
            patient.read("a", 1, target);
            assertThat(target.array()).containsExactly(2, 3, 4);
        }
        assertThat(patient.isAway()).isFalse();
    }

    @Test
    void whatWillNotChangeIsAskedOnce() {
        var patient = patient(new Patience(5, 10, 1000));
        assertThatThrownBy(() -> patient.read("none", 0, ByteBuffer.allocate(1)))
                .isInstanceOfSatisfying(
                        ObjectException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
        assertThat(store.steps()).isEqualTo(1);
        assertThat(patient.isAway()).isFalse();
    }

    @Test
    void aStoreThatStaysAwayIsLeftAloneByReadersForAWhile() throws Exception {
        var patient = patient(new Patience(3, 0, 1000));
        store.add("a", new byte[] {7});
        store.away(true);
        assertThatThrownBy(() -> patient.size("a")).hasMessageContaining("away");
        assertThat(patient.isAway()).as("nobody has read").isFalse();
        assertThatThrownBy(() -> patient.read("a", 0, ByteBuffer.allocate(1))).hasMessageContaining("away");
        assertThat(patient.isAway()).isTrue();
        assertThat(store.steps()).isEqualTo(6);
        assertThatThrownBy(() -> patient.read("a", 0, ByteBuffer.allocate(1))).hasMessageContaining("away");
        assertThat(store.steps()).isEqualTo(6);
        assertThatThrownBy(() -> patient.list("a")).hasMessageContaining("away");
        assertThat(store.steps()).isEqualTo(9);
        clock.advanceMillis(1000);
        store.away(false);
        var target = ByteBuffer.allocate(1);
        patient.read("a", 0, target);
        assertThat(target.get(0)).isEqualTo((byte) 7);
        assertThat(patient.isAway()).isFalse();
    }

    @Test
    void closingEndsPauses() {
        var closing = new ArrayList<PatientStore>();
        var patient = new PatientStore(
                store,
                new Patience(1000, 1_000_000, 0),
                clock,
                new SplittableRandom(1),
                nanos -> closing.getFirst().close());
        closing.add(patient);
        store.away(true);
        assertThatThrownBy(() -> patient.size("a")).isInstanceOf(ObjectException.class);
        assertThat(store.steps()).isEqualTo(2);
        assertThatThrownBy(() -> patient.size("a")).hasMessageContaining("closed");
    }
}
