package sherd.engine.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.sim.FaultStore;
import sherd.engine.sim.FaultStore.Fault;

final class ObjectPagesTest {
    private static final int PAGE = ObjectPages.PAGE;
    private static final String KEY = "o";

    private final FaultStore store = new FaultStore();
    private final byte[] object = new byte[20 * PAGE + 777];
    private MemoryBudget budget = new MemoryBudget(64 << 20);
    private ObjectPages pages = new ObjectPages(store, budget, 8 * PAGE);

    ObjectPagesTest() {
        new Random(9).nextBytes(object);
        store.add(KEY, object);
    }

    @AfterEach
    void nothingIsLeft() {
        pages.close();
        assertThat(budget.usedBytes()).isZero();
    }

    private void limits(long memory, long cache) {
        pages.close();
        budget = new MemoryBudget(memory);
        pages = new ObjectPages(store, budget, cache);
    }

    private byte[] read(long offset, int length) throws IOException {
        var file = new ObjectFile(pages, KEY, object.length);
        var target = ByteBuffer.allocate(length);
        int got = file.read(target, offset);
        return Arrays.copyOf(target.array(), got);
    }

    private void assertRead(long offset, int length) throws IOException {
        int end = (int) Math.min(object.length, offset + length);
        assertThat(read(offset, length)).isEqualTo(Arrays.copyOfRange(object, (int) Math.min(offset, end), end));
    }

    @Test
    void readsWhatIsThereWhereverItBegins() throws IOException {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 500; i++) {
            assertRead(random.nextInt(object.length + 1), random.nextInt(4 * PAGE));
            assertThat(budget.usedBytes()).as("seed " + seed).isLessThanOrEqualTo(8 * PAGE);
        }
        assertRead(0, object.length);
        assertRead(object.length - 1, 10);
        assertRead(object.length, 10);
    }

    @Test
    void oneRequestFetchesWhatLiesTogetherAndNothingTwice() throws IOException {
        assertRead(PAGE - 10, 20);
        assertThat(store.steps()).isEqualTo(1);
        assertRead(5, PAGE);
        assertThat(store.steps()).isEqualTo(1);
        assertRead(PAGE, 3 * PAGE);
        assertThat(store.steps()).as("two of the three were missing").isEqualTo(2);
        assertRead(0, 4 * PAGE);
        assertThat(store.steps()).isEqualTo(2);
        assertThat(pages.figures().requests()).isEqualTo(2);
        assertThat(pages.figures().fetchedBytes()).isEqualTo(4 * PAGE);
    }

    @Test
    void whoReadsOnGetsMoreAtOnce() throws IOException {
        var file = new ObjectFile(pages, KEY, object.length);
        for (int page = 0; page < 8; page++) {
            file.read(ByteBuffer.allocate(PAGE), (long) page * PAGE);
        }
        assertThat(store.steps()).isEqualTo(4);
    }

    @Test
    void readsOnWhenMemoryIsFullKeepingNothing() throws IOException {
        limits(PAGE / 2, 8 * PAGE);
        assertRead(100, 10);
        assertRead(PAGE - 5, 10);
        assertRead(0, 3 * PAGE);
        assertThat(pages.figures().bytes()).isZero();
    }

    @Test
    void theLeastRecentlyUsedGoFirst() throws IOException {
        limits(64 << 20, 3 * PAGE);
        for (int page : new int[] {0, 1, 2, 0, 3}) {
            assertRead((long) page * PAGE, 10);
        }
        long asked = store.steps();
        assertRead(0, 10);
        assertThat(store.steps()).isEqualTo(asked);
        assertRead(PAGE, 10);
        assertThat(store.steps()).isEqualTo(asked + 1);
    }

    @Test
    void aFailureLeavesNothingBehind() throws IOException {
        store.failAt(1, Fault.FAIL, () -> {});
        assertThatThrownBy(() -> read(10, 10)).isInstanceOf(ObjectException.class);
        assertThat(budget.usedBytes()).isZero();
        assertRead(10, 10);
    }

    @Test
    void whatWasForgottenIsFetchedAfresh() throws IOException {
        store.flip(KEY, 10);
        assertThat(read(0, 20)).isNotEqualTo(Arrays.copyOf(object, 20));
        store.flip(KEY, 10);
        assertThat(read(0, 20)).isNotEqualTo(Arrays.copyOf(object, 20));
        pages.forget(KEY);
        assertRead(0, 20);
    }

    @Test
    void manyReadersOfOnePageAskOnce() throws Exception {
        var problems = new ConcurrentLinkedQueue<Throwable>();
        for (int round = 0; round < 20; round++) {
            int from = round * PAGE;
            var readers = new ArrayList<Thread>();
            for (int i = 0; i < 8; i++) {
                int shift = i;
                readers.add(new Thread(() -> {
                    try {
                        assertRead(from + shift, 100);
                    } catch (IOException | AssertionError e) {
                        problems.add(e);
                    }
                }));
            }
            readers.forEach(Thread::start);
            for (var reader : readers) {
                reader.join();
            }
            assertThat(problems).isEmpty();
            assertThat(store.steps()).isEqualTo(round + 1);
        }
    }
}
