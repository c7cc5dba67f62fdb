package sherd.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.text.Query;
import sherd.engine.disk.Disk;
import sherd.engine.disk.LocalDisk;
import sherd.engine.disk.Mappings;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.observe.Events;

/** What is read from a mapping is what is read in place, and what was cut or changed is noticed. */
final class MappedSegmentTest {
    private static final int N = 3;
    private static final int I = 4;
    private static final int D = 5;
    private static final int OK = 7;
    private static final int HIDDEN = 9;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static SegmentCache cache() {
        return new SegmentCache(Rows.BUDGET, 0);
    }

    private List<@Nullable Object[]> rows() {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        var random = new Random(seed);
        var rows = Rows.random(random, 20_000);
        for (var row : rows) {
            if (row[N] != null) {
                row[N] = (long) random.nextInt(20);
            }
            if (row[I] != null) {
                row[I] = (long) random.nextInt(20);
            }
            if (row[D] != null) {
                row[D] = random.nextInt(20) / 4.0;
            }
        }
        return rows;
    }

    private static List<Long> found(Segment segment, Query query) {
        var found = new ArrayList<Long>();
        var stats = SegmentSearch.search(segment, query, Long.MIN_VALUE, Long.MAX_VALUE, (row, time) -> found.add(row));
        assertThat(stats.total()).isEqualTo(found.size());
        found.sort(null);
        return found;
    }

    private static List<Long> scanned(List<@Nullable Object[]> rows, int column, Object value) {
        var found = new ArrayList<Long>();
        for (int i = 0; i < rows.size(); i++) {
            if (value.equals(rows.get(i)[column])) {
                found.add((long) i);
            }
        }
        return found;
    }

    @Test
    void bothWaysFindWhatAScanOfTheRowsFinds() throws Exception {
        Disk disk = new LocalDisk(folder);
        var rows = rows();
        var meta = Rows.write(disk, Rows.allTypes("arc-1"), rows);
        long held = Rows.BUDGET.usedBytes();
        try (var mappings = new Mappings(4)) {
            for (int mapped = 0; mapped < 2; mapped++) {
                try (var segment =
                        mapped == 0 ? Segment.open(disk, meta, cache()) : Segment.open(disk, meta, cache(), mappings)) {
                    assertThat(segment.file().isMapped()).isEqualTo(mapped == 1);
                    for (int again = 0; again < 2; again++) {
                        Rows.assertSame(segment, rows);
                        assertThat(found(segment, Query.parse("n:7"))).isEqualTo(scanned(rows, N, 7L));
                        assertThat(found(segment, Query.parse("i:9"))).isEqualTo(scanned(rows, I, 9L));
                        assertThat(found(segment, Query.parse("d:2.25"))).isEqualTo(scanned(rows, D, 2.25));
                        assertThat(found(segment, Query.parse("ok:true"))).isEqualTo(scanned(rows, OK, 1L));
                        assertThat(found(segment, Query.parse("n:7 NOT i:9")))
                                .isEqualTo(scanned(rows, N, 7L).stream()
                                        .filter(row -> !scannedHas(rows, row, I, 9L))
                                        .toList());
                    }
                    var key = (byte[]) Objects.requireNonNull(rows.get(77)[Rows.KEY]);
                    assertThat(segment.findKey(Rows.hash(key), key)).isEqualTo(77);
                    assertThat(segment.numbers(0, HIDDEN, new ReadStats()).rows())
                            .isPositive();
                }
            }
        }
        assertThat(Rows.BUDGET.usedBytes()).isEqualTo(held);
    }

    private static boolean scannedHas(List<@Nullable Object[]> rows, long row, int column, Object value) {
        return value.equals(rows.get((int) row)[column]);
    }

    @Test
    void aMappedSegmentKeepsLessInMemory() throws Exception {
        Disk disk = new LocalDisk(folder);
        var meta = Rows.write(disk, Rows.allTypes("arc-1"), rows());
        try (var mappings = new Mappings(4)) {
            long inPlace = held(Segment.open(disk, meta, cache()));
            long mapped = held(Segment.open(disk, meta, cache(), mappings));
            assertThat(mapped).isLessThan(inPlace);
        }
    }

    private static long held(Segment segment) {
        segment.index(new ReadStats());
        long opened = Rows.BUDGET.usedBytes();
        segment.close();
        return opened - Rows.BUDGET.usedBytes();
    }

    @Test
    void whatDoesNotGetAMappingIsReadInPlace() throws Exception {
        Disk disk = new LocalDisk(folder);
        var rows = rows();
        var open = new OpenSegments(disk, Optional.empty(), cache(), Events.SILENT, 10, new Mappings(1));
        var handles = new ArrayList<SegmentHandle>();
        for (int i = 0; i < 3; i++) {
            var handle = open.handle(Rows.write(disk, Rows.allTypes("arc-" + i), rows), Optional.empty());
            handle.retain();
            handles.add(handle);
        }
        for (var handle : handles) {
            List<Long> found = handle.read(segment -> found(segment, Query.parse("n:7")));
            assertThat(found).isEqualTo(scanned(rows, N, 7L));
        }
        assertThat(open.mapped()).isEqualTo(1);
        handles.forEach(SegmentHandle::release);
        open.tidy();
        assertThat(open.mapped()).isZero();
        open.close();
    }

    @Test
    void whatIsKeptOnTheHeapIsBounded() throws Exception {
        Disk disk = new LocalDisk(folder);
        var rows = rows();
        var open = new OpenSegments(disk, Optional.empty(), cache(), Events.SILENT, 1000, new Mappings(0));
        var handles = new ArrayList<SegmentHandle>();
        var meta = Rows.write(disk, Rows.allTypes("arc-1"), rows);
        for (int i = 0; i < 400; i++) {
            var handle = open.handle(meta, Optional.empty());
            handle.retain();
            handles.add(handle);
            handle.read(segment -> segment.index(new ReadStats()).terms());
        }
        assertThat(open.count()).isBetween(1, 399);
        handles.forEach(SegmentHandle::release);
        assertThat(open.count()).isZero();
        open.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 9000, 4096, 0})
    void aFlippedBitIsMetAtFirstTouchAndACutAtAnyTime(long cutTo) throws Exception {
        Disk disk = new LocalDisk(folder);
        var flipped = Rows.write(disk, Rows.allTypes("arc-1"), rows());
        var cut = Rows.write(disk, Rows.allTypes("arc-2"), rows());
        var open = new OpenSegments(disk, Optional.empty(), cache(), Events.SILENT, 10, new Mappings(4));
        var first = open.handle(flipped, Optional.empty());
        var second = open.handle(cut, Optional.empty());
        first.retain();
        second.retain();
        long place = SegmentLayout.ROWS_OFFSET + 8000;
        try (var channel =
                FileChannel.open(folder.resolve(flipped.file()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, place);
            one.put(0, (byte) (one.get(0) ^ 1)).rewind();
            channel.write(one, place);
        }
        assertCorrupt(first, "n:7");
        second.read(segment -> found(segment, Query.parse("n:7")));
        try (var channel = FileChannel.open(folder.resolve(cut.file()), StandardOpenOption.WRITE)) {
            channel.truncate(cutTo < 0 ? cut.sizeBytes() + cutTo : cutTo);
        }
        assertCorrupt(second, "n:7");
        first.release();
        second.release();
        open.close();
        assertThat(open.count()).isZero();
        assertThat(open.mapped()).isZero();
    }

    private static void assertCorrupt(SegmentHandle handle, String query) {
        assertThatThrownBy(() -> handle.read(segment -> found(segment, Query.parse(query))))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
        assertThat(handle.damage()).isNotNull();
    }
}
