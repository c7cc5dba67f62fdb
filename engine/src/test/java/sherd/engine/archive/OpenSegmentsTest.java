package sherd.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sherd.engine.disk.Mappings;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.observe.Event;
import sherd.engine.sim.FaultDisk;

/** Few segments are open at once, none closes under a reader, and a damaged one is set aside. */
final class OpenSegmentsTest {
    private final FaultDisk disk = new FaultDisk();
    private final List<Event> events = new ArrayList<>();
    private final SegmentCache cache = new SegmentCache(Rows.BUDGET, 1 << 20);
    private final OpenSegments open = new OpenSegments(disk, Optional.empty(), cache, events::add, 3, new Mappings(0));
    private final long memory = Rows.BUDGET.usedBytes();
    private final List<SegmentHandle> handles = new ArrayList<>();

    private SegmentHandle make(int number) {
        var spec = number % 2 == 0 ? Rows.lines("arc-" + number) : Rows.allTypes("arc-" + number);
        var rows = number % 2 == 0
                ? List.<Object[]>of(Rows.line(number, "line " + number))
                : Rows.random(new Random(number), 50);
        var handle = open.handle(Rows.write(disk, spec, List.copyOf(rows)), Optional.empty());
        handle.retain();
        handles.add(handle);
        return handle;
    }

    @AfterEach
    void nothingIsLeft() {
        handles.forEach(SegmentHandle::release);
        assertThat(open.count()).isZero();
        assertThat(Rows.BUDGET.usedBytes()).isEqualTo(memory);
        disk.assertAllClosed();
    }

    private static long rows(SegmentHandle handle) {
        return handle.read(segment -> {
            var cursor = segment.cursor();
            cursor.seek(segment.meta().rows() - 1);
            return cursor.rows();
        });
    }

    @Test
    void theOneUnusedLongestIsClosed() {
        IntStream.range(0, 10).forEach(this::make);
        handles.forEach(OpenSegmentsTest::rows);
        assertThat(open.count()).isEqualTo(3);
        assertThat(open.opened()).isEqualTo(10);
        rows(handles.get(9));
        rows(handles.get(7));
        assertThat(open.opened()).as("the last ones were open still").isEqualTo(10);
        rows(handles.get(0));
        rows(handles.get(9));
        rows(handles.get(7));
        assertThat(open.opened()).as("only the eighth had to go").isEqualTo(11);
    }

    @Test
    void oneInUseStaysOpen() {
        IntStream.range(0, 10).forEach(this::make);
        var used = handles.getFirst();
        var cursor = used.pin().cursor();
        handles.forEach(OpenSegmentsTest::rows);
        assertThat(used.release()).isFalse();
        cursor.seek(0);
        assertThat(cursor.getLong(0)).isZero();
        used.unpin();
        handles.remove(used);
        assertThatThrownBy(used::pin)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }

    @Test
    void aReplacedOneLosesItsFileWithItsLastReference() throws Exception {
        var handle = make(1);
        handle.retain();
        handle.retire();
        assertThat(handle.release()).isFalse();
        assertThat(rows(handle)).isEqualTo(50);
        assertThat(handle.release()).isTrue();
        handle.deleteFile();
        handles.clear();
        assertThat(disk.exists(handle.meta().file())).isFalse();
    }

    @Test
    void keysAreFilteredWithoutOpening() {
        var handle = make(1);
        assertThat(handle.mayContain(42)).as("nothing is known yet").isTrue();
        handle.admit();
        long passed = new Random(3).longs(1000).filter(handle::mayContain).count();
        assertThat(passed).isLessThan(30);
        IntStream.range(2, 9).forEach(number -> rows(make(number)));
        long opened = open.opened();
        assertThat(handle.mayContain(42)).isFalse();
        assertThat(open.opened()).isEqualTo(opened);
    }

    @Test
    void aDamagedOneIsSetAsideOnceAndTheOthersAreRead() throws Exception {
        IntStream.range(0, 4).forEach(this::make);
        var content = disk.content(handles.get(2).meta().file());
        disk.put(handles.get(2).meta().file(), java.util.Arrays.copyOf(content, content.length - 600));
        var footer = disk.content(handles.get(0).meta().file()).length - SegmentLayout.FOOTER_FROM_END;
        disk.flip(handles.get(0).meta().file(), footer + 20, 3);
        for (int attempt = 0; attempt < 2; attempt++) {
            for (int damaged : new int[] {0, 2}) {
                assertThatThrownBy(() -> rows(handles.get(damaged)))
                        .isInstanceOfSatisfying(
                                StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
                assertThat(handles.get(damaged).damage()).contains("file=segments/arc-" + damaged);
            }
            assertThat(rows(handles.get(1))).isEqualTo(50);
            assertThat(rows(handles.get(3))).isEqualTo(50);
        }
        assertThat(events).hasSize(2).allMatch(event -> event instanceof Event.SegmentQuarantined);
        var missing = make(6);
        disk.delete(missing.meta().file());
        missing.admit();
        assertThat(missing.damage()).contains("not there");
    }

    @Test
    void manyReadersAtOnceFindTheirRows() throws Exception {
        IntStream.range(0, 12).forEach(this::make);
        var problems = new ConcurrentLinkedQueue<Throwable>();
        var threads = IntStream.range(0, 6)
                .mapToObj(seed -> new Thread(() -> {
                    var random = new Random(seed);
                    try {
                        for (int i = 0; i < 3000; i++) {
                            int number = random.nextInt(12);
                            assertThat(rows(handles.get(number))).isEqualTo(number % 2 == 0 ? 1 : 50);
                        }
                    } catch (Throwable e) {
                        problems.add(e);
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (var thread : threads) {
            thread.join();
        }
        assertThat(problems).isEmpty();
        assertThat(open.count()).isLessThanOrEqualTo(3);
    }
}
