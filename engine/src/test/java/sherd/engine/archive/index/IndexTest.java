package sherd.engine.archive.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.sim.FaultDisk;

final class IndexTest {
    private static final long SEED = Long.getLong("sherd.seed", System.nanoTime());
    private static final int ROWS = 20_000;
    private static final String FILE = "index";
    private static final int VERSION_AT = 8;

    private final FaultDisk disk = new FaultDisk();
    private final MemoryBudget budget = new MemoryBudget(1 << 30);
    private final ReadStats stats = new ReadStats();
    private final Random random = new Random(SEED);
    private final Map<String, BitSet> rowsOf = new TreeMap<>();

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(budget.usedBytes()).as("leaked memory").isZero();
        disk.assertAllClosed();
    }

    /** Words of every frequency, from one row to all. */
    private void makeWords() {
        System.out.println("seed=" + SEED);
        for (int word = 0; word < 3000; word++) {
            var rows = new BitSet();
            double share = Math.pow(random.nextDouble(), 12);
            for (int n = (int) (share * ROWS); n >= 0; n--) {
                rows.set(random.nextInt(ROWS));
            }
            rowsOf.put(
                    "w" + Integer.toString(word * 7919 % 3000, 36) + (word % 11 == 0 ? "x".repeat(word % 90) : ""),
                    rows);
        }
        rowsOf.put("every", ofRows(0, ROWS, 1));
        rowsOf.put("run", ofRows(5000, 9000, 1));
        rowsOf.put("sparse", ofRows(0, ROWS, 130));
        rowsOf.put("at127", ofRows(0, 127, 1));
        rowsOf.put("at128", ofRows(0, 128, 1));
        rowsOf.put("last", ofRows(ROWS - 1, ROWS, 1));
    }

    private static BitSet ofRows(int from, int to, int step) {
        var rows = new BitSet();
        for (int row = from; row < to; row += step) {
            rows.set(row);
        }
        return rows;
    }

    private byte[] write(RunFiles files, long tableBytes, int leastRuns) throws Exception {
        var wordsOf = new TreeMap<Integer, StringBuilder>();
        rowsOf.forEach((word, rows) -> rows.stream()
                .forEach(row -> wordsOf.computeIfAbsent(row, r -> new StringBuilder())
                        .append(word)
                        .append(' ')));
        disk.delete(FILE);
        try (var writer = new IndexWriter(files, budget, tableBytes);
                var out = new FileAppender(disk.create(FILE), FILE, MessageDigest.getInstance("SHA-256"), budget)) {
            for (int row = 0; row < ROWS; row++) {
                writer.startRow(row);
                for (var word : wordsOf.getOrDefault(row, new StringBuilder("nothing"))
                        .toString()
                        .strip()
                        .split(" ", -1)) {
                    var bytes = (" " + word).getBytes(UTF_8);
                    writer.word(bytes, 1, bytes.length - 1);
                    writer.word(bytes, 1, bytes.length - 1);
                    writer.endText();
                }
            }
            writer.finish(out, ROWS);
            out.flush();
            assertThat(writer.runs()).isGreaterThanOrEqualTo(leastRuns);
        }
        return disk.content(FILE);
    }

    private static IndexBytes mapped(byte[] bytes) {
        return new IndexBytes.InMemory(bytes, FILE);
    }

    @Test
    void everyWordHasItsRowsBetweenTheBounds() throws Exception {
        makeWords();
        var index = IndexReader.open(mapped(write(new MemoryRuns(budget), 1 << 30, 0)), ROWS, stats);
        assertThat(index.postings())
                .isGreaterThanOrEqualTo(
                        rowsOf.values().stream().mapToLong(BitSet::cardinality).sum());
        try (var memory = new QueryMemory(budget, 1 << 24)) {
            rowsOf.forEach((word, rows) -> {
                var term = index.find(word.getBytes(UTF_8), stats);
                assertThat(term).as(word).isNotNull();
                assertThat(term.rows()).as(word).isGreaterThanOrEqualTo(rows.cardinality());
                assertThat(term.exact()).as(word).isEqualTo(rows.cardinality() < ListLayout.FREQUENT);
                assertBounds(term.set(memory), rows, term.exact());
            });
            assertThat(Objects.requireNonNull(index.find("every".getBytes(UTF_8), stats))
                            .everywhere())
                    .isTrue();
            for (var absent : new String[] {"", "a", "every1", "zzz", "w", "at12"}) {
                assertThat(index.find(absent.getBytes(UTF_8), stats)).as(absent).isNull();
            }
        }
        var sizes = IndexSizes.of(index);
        assertThat(sizes.total()).isEqualTo(index.bytes().size());
    }

    @Test
    void aWordThatIsNowhereCostsNoRead() throws Exception {
        makeWords();
        for (int i = 0; i < IndexLayout.FILTER_GROUPS * IndexLayout.GROUP_TERMS; i++) {
            rowsOf.put("many" + i, ofRows(i % ROWS, i % ROWS + 1, 1)); // more than one filter
        }
        var index = IndexReader.open(mapped(write(new MemoryRuns(budget), 1 << 30, 0)), ROWS, stats);
        for (var word : rowsOf.keySet()) {
            assertThat(index.find(word.getBytes(UTF_8), stats)).as(word).isNotNull();
        }
        long before = stats.blocks();
        for (int i = 0; i < 10_000; i++) {
            assertThat(index.find(("many" + i + "x").getBytes(UTF_8), stats)).isNull();
        }
        assertThat(stats.blocks() - before).as("one in 65,536 is let through").isLessThan(10);
    }

    @Test
    void aFilterThatWasChangedIsRefused() throws Exception {
        makeWords();
        var bytes = write(new MemoryRuns(budget), 1 << 30, 0);
        var index = IndexReader.open(mapped(bytes), ROWS, stats);
        int filter = (int) (bytes.length - index.sparseBytes() - 1);
        bytes[filter] ^= 1;
        assertRefused(bytes, "checksum of a filter differs");
    }

    private static void assertBounds(RowSet set, BitSet rows, boolean exact) {
        var may = new BitSet();
        var certain = new BitSet();
        var walk = set.fromLast();
        while (walk.next()) {
            for (int bit = 0; bit < 64; bit++) {
                may.set(walk.firstRow() + bit, (walk.may() >>> bit & 1) != 0);
                certain.set(walk.firstRow() + bit, (walk.certain() >>> bit & 1) != 0);
            }
        }
        assertThat(set.mayCount()).isEqualTo(may.cardinality());
        assertThat(set.certainCount()).isEqualTo(certain.cardinality());
        set.close();
        if (exact) {
            assertThat(may).isEqualTo(rows);
            assertThat(certain).isEqualTo(rows);
        } else {
            var missing = (BitSet) rows.clone();
            missing.andNot(may);
            assertThat(missing.isEmpty()).isTrue();
            assertThat(certain.isEmpty()).isTrue();
            assertThat(may.length()).isLessThanOrEqualTo(ROWS);
        }
    }

    @Test
    void aFullTableGoesAsideAndTheBytesAreTheSame() throws Exception {
        makeWords();
        var atOnce = write(new MemoryRuns(budget), 1 << 30, 0);
        assertThat(write(new MemoryRuns(budget), 200_000, 5)).isEqualTo(atOnce);
        assertThat(write(new DiskRuns(disk, "segments/x.tar"), 200_000, 5)).isEqualTo(atOnce);
        assertThat(disk.list("segments")).as("runs are removed").isEmpty();
    }

    @Test
    void anIndexOfAnotherVersionOrTokenizerIsRefused() throws Exception {
        rowsOf.put("a", ofRows(0, 2, 1));
        var bytes = write(new MemoryRuns(budget), 1 << 30, 0);
        assertRefused(changed(bytes, VERSION_AT, 5), "version 5; this node reads 4");
        assertRefused(changed(bytes, IndexLayout.TAIL - 28 + 6, '9'), "tokenizer 'sherd-9'");
        var flipped = bytes.clone();
        flipped[bytes.length - 30] ^= 1;
        assertRefused(flipped, "checksum");
        assertRefused(new byte[200], "no index here");
        assertThatThrownBy(() -> IndexReader.open(mapped(bytes), ROWS + 1, stats))
                .hasMessageContaining("other rows");
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        var changed = bytes.clone();
        int tail = bytes.length - IndexLayout.TAIL;
        changed[tail + at] = (byte) value;
        var crc = new CRC32C();
        crc.update(changed, tail, IndexLayout.TAIL_CRC);
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(tail + IndexLayout.TAIL_CRC, (int)
                crc.getValue());
        return changed;
    }

    private void assertRefused(byte[] bytes, String why) {
        assertThatThrownBy(() -> IndexReader.open(mapped(bytes), ROWS, stats))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT))
                .hasMessageContaining(why);
    }

    @Test
    void setsOfRowsAreCombinedAsBitsWouldBe() {
        int rows = 1000 + random.nextInt(100);
        System.out.println("seed=" + SEED + " rows=" + rows);
        try (var memory = new QueryMemory(budget, 1 << 24)) {
            for (int i = 0; i < 2000; i++) {
                var one = new Bounds(rows);
                var other = new Bounds(rows);
                one.check(one.set(memory));
                one.copy().and(other).check(one.set(memory).and(other.set(memory)));
                one.copy().or(other).check(one.set(memory).or(other.set(memory)));
                one.copy().not().and(other).check(one.set(memory).not().and(other.set(memory)));
                one.copy()
                        .not()
                        .or(other)
                        .not()
                        .check(one.set(memory).not().or(other.set(memory)).not());
                union(memory, rows);
            }
        }
    }

    private void union(QueryMemory memory, int rows) {
        var union = new RowUnion(memory, rows);
        var wanted = new Bounds(rows);
        wanted.may.clear();
        wanted.certain.clear();
        for (int n = random.nextInt(14); n > 0; n--) {
            var more = new Bounds(rows);
            wanted.or(more);
            union.add(more.set(memory));
        }
        wanted.check(union.result());
    }

    /** Two bounds as bits. */
    private final class Bounds {
        final int rows;
        final BitSet may = new BitSet();
        final BitSet certain = new BitSet();

        Bounds(int rows) {
            this.rows = rows;
            for (int n = random.nextInt(random.nextBoolean() ? 4 : 200); n > 0; n--) {
                int row = random.nextInt(rows);
                may.set(row);
                certain.set(row, random.nextBoolean());
            }
        }

        Bounds copy() {
            var copy = new Bounds(rows);
            copy.may.clear();
            copy.may.or(may);
            copy.certain.clear();
            copy.certain.or(certain);
            return copy;
        }

        RowSet set(QueryMemory memory) {
            var set = RowSet.empty(memory, rows, 0);
            for (int block = 0; block < ListLayout.blocks(rows); block++) {
                set.add(block, bits(may, block), bits(certain, block));
            }
            return set;
        }

        private static long bits(BitSet set, int block) {
            var longs = set.get(block * 64, block * 64 + 64).toLongArray();
            return longs.length == 0 ? 0 : longs[0];
        }

        Bounds and(Bounds other) {
            may.and(other.may);
            certain.and(other.certain);
            return this;
        }

        Bounds or(Bounds other) {
            may.or(other.may);
            certain.or(other.certain);
            return this;
        }

        Bounds not() {
            var before = (BitSet) may.clone();
            may.clear();
            may.or(certain);
            may.flip(0, rows);
            certain.clear();
            certain.or(before);
            certain.flip(0, rows);
            return this;
        }

        void check(RowSet set) {
            var gotMay = new BitSet();
            var gotCertain = new BitSet();
            var walk = set.fromLast();
            int before = Integer.MAX_VALUE;
            while (walk.next()) {
                assertThat(walk.firstRow()).isLessThan(before);
                before = walk.firstRow();
                or(gotMay, walk.firstRow(), walk.may());
                or(gotCertain, walk.firstRow(), walk.certain());
            }
            assertThat(gotMay).isEqualTo(may);
            assertThat(gotCertain).isEqualTo(certain);
            assertThat(set.mayCount()).isEqualTo(may.cardinality());
            assertThat(set.certainCount()).isEqualTo(certain.cardinality());
            set.close();
        }

        private static void or(BitSet target, int firstRow, long bits) {
            for (long left = bits; left != 0; left &= left - 1) {
                target.set(firstRow + Long.numberOfTrailingZeros(left));
            }
        }
    }

    @Test
    void aQueryThatNeedsTooMuchMemoryIsRefused() {
        try (var memory = new QueryMemory(budget, 10_000)) {
            var set = RowSet.empty(memory, 1 << 20, 0);
            assertThatThrownBy(() -> {
                        for (int block = 0; block < 10_000; block++) {
                            set.add(block, 1, 0);
                        }
                    })
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
                    .hasMessageContaining("limit=10000");
        }
    }

    @Test
    void damagedListsAndBlocksAreRefusedOrRight() throws Exception {
        makeWords();
        var sound = write(new MemoryRuns(budget), 1 << 30, 0);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            var damaged = sound.clone();
            int at = random.nextInt(sound.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            refused += meets(damaged) ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(290);
        assertThat(meets(Arrays.copyOf(sound, sound.length))).isFalse();
    }

    private boolean meets(byte[] bytes) {
        try (var memory = new QueryMemory(budget, 1 << 24)) {
            var terms = IndexReader.open(mapped(bytes), ROWS, stats).all(stats);
            while (terms.next()) {
                terms.set(memory).close();
            }
            return false;
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT);
            return true;
        }
    }
}
