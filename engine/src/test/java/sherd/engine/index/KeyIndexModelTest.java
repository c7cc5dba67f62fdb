package sherd.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;

/** The index against a map: records are 16 bytes, key and hash, so that a test decides what collides. */
final class KeyIndexModelTest {
    private static final long ALL_BITS = (1L << KeyIndex.HASH_BITS) - 1;
    private static final KeyIndex.Keys KEYS = new KeyIndex.Keys() {
        @Override
        public boolean matches(long record, long key, int keyLength) {
            return OffHeap.getLong(record) == OffHeap.getLong(key);
        }

        @Override
        public long hash(long record) {
            return OffHeap.getLong(record + 8);
        }
    };

    private MemoryBudget budget = new MemoryBudget(256 << 20);
    private SlabPool pool = new SlabPool(budget);
    private RecordHeap heap = new RecordHeap(pool, MemoryBudget.Purpose.RECORDS);
    private KeyIndex index = new KeyIndex(heap, KEYS);
    private Region probe = new Region(budget, MemoryBudget.Purpose.CACHE, 8);
    private final Map<Long, Long> model = new HashMap<>();

    @AfterEach
    void nothingLeaks() {
        index.forEach(record -> heap.free(record, 16));
        index.close();
        assertThat(heap.usedBytes()).isZero();
        heap.close();
        probe.close();
        pool.close();
        assertThat(budget.usedBytes()).isZero();
    }

    private void useBudget(long bytes) {
        heap.close();
        probe.close();
        pool.close();
        budget = new MemoryBudget(bytes);
        pool = new SlabPool(budget);
        heap = new RecordHeap(pool, MemoryBudget.Purpose.RECORDS);
        index = new KeyIndex(heap, KEYS);
        probe = new Region(budget, MemoryBudget.Purpose.CACHE, 8);
    }

    private static long mix(long key) {
        long hash = key * 0x9E3779B97F4A7C15L;
        return ((hash ^ (hash >>> 29)) * 0xBF58476D1CE4E5B9L) >>> (64 - KeyIndex.HASH_BITS);
    }

    private long find(long key, long hash) {
        OffHeap.putLong(probe.address(), key);
        return index.find(hash, probe.address(), 8);
    }

    private boolean add(long key, long hash) {
        long record = heap.allocate(16);
        if (record == 0) {
            return false;
        }
        OffHeap.putLong(record, key);
        OffHeap.putLong(record + 8, hash);
        if (!index.insert(hash, record)) {
            heap.free(record, 16);
            return false;
        }
        model.put(key, record);
        return true;
    }

    private void remove(long key, long hash) {
        long record = find(key, hash);
        index.removeFound();
        heap.free(record, 16);
        model.remove(key);
    }

    private void move(long key, long hash) {
        long old = find(key, hash);
        long record = heap.allocate(16);
        OffHeap.copy(old, record, 16);
        index.replaceFound(record);
        heap.free(old, 16);
        model.put(key, record);
    }

    private List<Long> scanned(long from) {
        var keys = new ArrayList<Long>();
        long cursor = from;
        do {
            cursor = index.scan(cursor, record -> keys.add(OffHeap.getLong(record)));
        } while (cursor != 0);
        return keys;
    }

    private void equalsModel(LongUnaryOperator hash, int keys) {
        assertThat(index.size()).isEqualTo(model.size());
        for (long key = 0; key < keys; key++) {
            assertThat(find(key, hash.applyAsLong(key))).isEqualTo(model.getOrDefault(key, 0L));
        }
        assertThat(scanned(0)).containsExactlyInAnyOrderElementsOf(model.keySet());
        var met = new HashSet<Long>();
        index.forEach(record -> assertThat(met.add(record)).isTrue());
        assertThat(met).containsExactlyInAnyOrderElementsOf(model.values());
    }

    /** Few distinct tags, few distinct low bits, all alike: each makes another kind of crowd. */
    @ParameterizedTest
    @ValueSource(longs = {ALL_BITS, 3L << 48, 0xFFL << 34, 0x3F, 0})
    void isAMapWhateverTheHashesAre(long bits) {
        long seed = System.nanoTime();
        System.out.println("KeyIndexModelTest seed=" + seed + " bits=" + bits);
        var random = new Random(seed);
        int keys = bits == ALL_BITS ? 20_000 : 600;
        for (int round = 0; round < 6; round++) {
            int shrinking = round % 3 == 2 ? 8 : 3;
            for (int i = 0; i < keys * 2; i++) {
                long key = random.nextInt(keys);
                long hash = mix(key) & bits;
                if (!model.containsKey(key)) {
                    if (random.nextInt(10) >= shrinking) {
                        assertThat(add(key, hash)).isTrue();
                    }
                } else if (random.nextInt(10) < shrinking) {
                    remove(key, hash);
                } else {
                    move(key, hash);
                }
            }
            equalsModel(key -> mix(key) & bits, keys);
        }
        for (long key : List.copyOf(model.keySet())) {
            remove(key, mix(key) & bits);
        }
        equalsModel(key -> mix(key) & bits, keys);
    }

    @Test
    void hintsLeadToNearlyEveryRecord() {
        int keys = 20_000;
        for (long key = 1; key <= keys; key++) {
            assertThat(add(key, mix(key))).isTrue();
        }
        int inTheirBucket = 0;
        int behindIt = 0;
        for (long key = 1; key <= keys; key++) {
            long hash = mix(key);
            long record = find(key, hash);
            long bucket = index.hintBucket(hash);
            if (KeyIndex.hintRecord(bucket, hash) == record) {
                inTheirBucket++;
            } else {
                long next = index.hintOverflow(bucket, hash);
                if (next != 0 && KeyIndex.hintRecord(next, hash) == record) {
                    behindIt++;
                }
            }
        }
        assertThat(inTheirBucket).isBetween(keys * 8 / 10, keys * 94 / 100);
        assertThat(inTheirBucket + behindIt).isGreaterThan(keys * 96 / 100);
    }

    @Test
    void aScanMeetsWhatIsThereFromStartToEndWhileTheIndexGrowsAndShrinks() {
        long seed = System.nanoTime();
        System.out.println("KeyIndexModelTest seed=" + seed);
        var random = new Random(seed);
        for (long key = 0; key < 3_000; key++) {
            add(key, mix(key));
        }
        Set<Long> steady = new HashSet<>(model.keySet());
        long next = 3_000;
        for (int walk = 0; walk < 20; walk++) {
            var met = new HashSet<Long>();
            long cursor = 0;
            do {
                cursor = index.scan(cursor, record -> met.add(OffHeap.getLong(record)));
                if (random.nextInt(8) == 0) {
                    if (walk % 2 == 0) {
                        for (int i = random.nextInt(40); i > 0; i--, next++) {
                            add(next, mix(next));
                        }
                    } else {
                        for (int i = random.nextInt(40); i > 0 && next > 3_000; i--) {
                            next--;
                            remove(next, mix(next));
                        }
                    }
                }
            } while (cursor != 0);
            assertThat(met).containsAll(steady);
        }
    }

    @Test
    void aScanMeetsNothingTwiceWhileNothingGrowsAndAnyCursorIsGood() {
        for (long key = 0; key < 5_000; key++) {
            add(key, mix(key));
        }
        var keys = scanned(0);
        assertThat(keys).doesNotHaveDuplicates().hasSize(5_000);
        var random = new Random(7);
        for (int i = 0; i < 100; i++) {
            var rest = scanned(random.nextInt() & 0xFFFFFFF8L);
            int from = rest.isEmpty() ? keys.size() : keys.size() - rest.size();
            assertThat(rest).isEqualTo(keys.subList(from, keys.size()));
        }
    }

    @Test
    void withoutMemoryItRefusesAndStaysWhatItIs() {
        useBudget(1 << 20);
        long key = 0;
        while (add(key, mix(key))) {
            key++;
        }
        assertThat(key).isGreaterThan(10_000);
        equalsModel(KeyIndexModelTest::mix, (int) key);
        var keys = new ArrayList<>(model.keySet());
        Collections.shuffle(keys, new Random(1));
        for (long gone : keys.subList(0, keys.size() / 2)) {
            remove(gone, mix(gone));
        }
        equalsModel(KeyIndexModelTest::mix, (int) key);
        assertThat(add(key, mix(key))).isTrue();
    }

    @Test
    void anEntryTakesTwelveAndAHalfBytesAtMostWhateverTheSize() {
        double worst = 0;
        double sum = 0;
        long key = 0;
        for (int size = 100_000; size < 300_000; size += 5_000) {
            for (; key < size; key++) {
                add(key, mix(key));
            }
            double bytes = (double) heap.heldBytes() / size - 16;
            worst = Math.max(worst, bytes);
            sum += bytes / 40;
        }
        System.out.printf("bytes an entry: worst=%.2f mean=%.2f%n", worst, sum);
        assertThat(worst).isLessThan(12.5);
    }
}
