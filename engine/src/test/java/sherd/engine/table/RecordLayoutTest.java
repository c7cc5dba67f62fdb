package sherd.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.command.Kind;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;
import sherd.engine.version.VersionVector;

/** The edges of each width of a record's header, laid out directly and crossed through a store. */
final class RecordLayoutTest {
    private static final int[] LENGTHS = {0, 1, 62, 63, 64, 127, 128, 255, 256, 65536};
    private static final long[] COUNTERS = {1, 255, 256, 65535, 65536, 0xFFFFFFFFL, 0x100000000L, Long.MAX_VALUE};
    private static final int SHARD = 3;
    private static final VersionVector DOTS =
            VersionVector.of(SHARD, 1).with(7, 1L << 40).with(9, 2);

    private final MemoryBudget budget = new MemoryBudget(64 << 20);
    private final SlabPool pool = new SlabPool(budget);
    private final RecordStore store = new RecordStore(SHARD, pool, null);
    private final Region key = new Region(budget, MemoryBudget.Purpose.CACHE, 1 << 17);
    private final Region value = new Region(budget, MemoryBudget.Purpose.CACHE, 1 << 17);

    @AfterEach
    void nothingLeaks() {
        store.close();
        key.close();
        value.close();
        pool.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void everyWidthReadsBackWhatWasWritten() {
        try (var block = new Region(budget, MemoryBudget.Purpose.CACHE, 1 << 18)) {
            for (int form = RecordLayout.STRING; form <= RecordLayout.TOMBSTONE; form++) {
                for (int flags = 0; flags < 16; flags++) {
                    for (int keyLength : LENGTHS) {
                        for (int valueLength : LENGTHS) {
                            for (long counter : COUNTERS) {
                                readsBack(block.address(), form, flags, keyLength, valueLength, counter);
                            }
                        }
                    }
                }
            }
        }
    }

    private static void readsBack(long record, int form, int flags, int keyLength, int valueLength, long counter) {
        boolean expires = (flags & RecordLayout.EXPIRES) != 0;
        int dots = (flags & RecordLayout.DOTS) != 0 ? 2 : 0;
        RecordLayout.write(record, form, flags, keyLength, valueLength, counter, 1_800_000_000, -5);
        if (expires) {
            RecordLayout.setExpiry(record, Long.MAX_VALUE - 1);
        }
        if (dots > 0) {
            RecordLayout.writeDots(record, DOTS, SHARD);
        }
        var what = "form=" + form + " flags=" + flags + " key=" + keyLength + " value=" + valueLength + " counter="
                + counter;
        boolean same = RecordLayout.form(record) == form
                && RecordLayout.flags(record) == flags
                && RecordLayout.keyLength(record) == keyLength
                && RecordLayout.valueLength(record) == valueLength
                && RecordLayout.counter(record) == counter
                && RecordLayout.written(record) == 1_800_000_000
                && RecordLayout.expiry(record) == (expires ? Long.MAX_VALUE - 1 : -1)
                && RecordLayout.dots(record) == dots
                && RecordLayout.value(record) - RecordLayout.key(record) == keyLength
                && RecordLayout.bytes(record) == RecordLayout.bytes(form, flags, keyLength, valueLength, counter, dots)
                && RecordLayout.holds(record, counter)
                && RecordLayout.holdsLength(record, valueLength)
                && RecordLayout.detail(record)
                        == (form == RecordLayout.STRING || form == RecordLayout.TOMBSTONE ? 0 : -5);
        assertThat(same).as(what).isTrue();
        if (dots > 0) {
            assertThat(RecordLayout.vector(record, SHARD))
                    .as(what)
                    .isEqualTo(
                            VersionVector.of(SHARD, counter).with(7, 1L << 40).with(9, 2));
        }
    }

    @Test
    void aSmallStringHasEightBytesOfHeader() {
        assertThat(RecordLayout.bytes(RecordLayout.STRING, 0, 16, 64, 1, 0)).isEqualTo(88);
        assertThat(RecordLayout.bytes(RecordLayout.STRING, RecordLayout.EXPIRES, 16, 64, 255, 0))
                .isEqualTo(96);
        assertThat(RecordLayout.bytes(RecordLayout.STRING, 0, 16, 64, 256, 0)).isEqualTo(89);
        assertThat(RecordLayout.bytes(RecordLayout.STRING, 0, 16, 256, 1, 0)).isEqualTo(283);
    }

    private Kind seek(int keyLength) {
        return store.seek(key.address(), keyLength, 0);
    }

    private void put(int length, long expiry, long counter) {
        OffHeap.fill(value.address(), length, (byte) counter);
        store.putString(value.address(), length, expiry, counter, (int) counter);
    }

    private void holds(int keyLength, int length, long expiry, long counter) {
        assertThat(seek(keyLength)).isEqualTo(Kind.STRING);
        assertThat(store.counter()).isEqualTo(counter);
        assertThat(store.written()).isEqualTo((int) counter);
        assertThat(store.expiresAt()).isEqualTo(expiry);
        assertThat(store.valueLength()).isEqualTo(length);
        for (int i = 0; i < length; i++) {
            assertThat(OffHeap.getByte(store.valueAddress() + i)).isEqualTo((byte) counter);
        }
        assertThat(store.liveRows()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 62, 63, 127, 128, 255, 256, 65536})
    void countersLengthsAndExpiriesCrossEveryEdgeInPlaceOrNot(int keyLength) {
        long seed = System.nanoTime();
        System.out.println("RecordLayoutTest seed=" + seed);
        var random = new Random(seed);
        OffHeap.fill(key.address(), keyLength, (byte) 'k');
        for (int i = 0; i < 400; i++) {
            seek(keyLength);
            int length = LENGTHS[random.nextInt(LENGTHS.length - 1)];
            long counter = COUNTERS[random.nextInt(COUNTERS.length)];
            long expiry = random.nextBoolean() ? -1 : 1 + random.nextInt(1000);
            put(length, expiry, counter);
            holds(keyLength, length, expiry, counter);
            if (random.nextBoolean()) {
                store.expire(-1);
                holds(keyLength, length, -1, counter);
            }
        }
        store.remove();
        assertThat(store.liveRows()).isZero();
    }

    @Test
    void aValueOverwrittenInPlaceKeepsItsPlaceUntilTheCounterOutgrowsItsWidth() {
        int moves = 0;
        long place = 0;
        seek(16);
        for (int counter = 1; counter <= 70_000; counter++) {
            put(64, -1, counter);
            moves += place == store.current() ? 0 : 1;
            place = store.current();
        }
        assertThat(moves).isEqualTo(3);
        holds(16, 64, -1, 70_000);
    }

    @Test
    void partsOfStringsAreWrittenAcrossTheEdges() {
        seek(16);
        put(250, 77, 254);
        byte[] expected = OffHeap.toArray(store.valueAddress(), 250);
        var random = new Random(11);
        for (int counter = 255; counter < 700; counter++) {
            int offset = random.nextInt(expected.length + 2);
            int length = 1 + random.nextInt(9);
            OffHeap.fill(value.address(), length, (byte) random.nextInt());
            store.writeString(offset, value.address(), length, counter, counter);
            expected = Arrays.copyOf(expected, Math.max(expected.length, offset + length));
            OffHeap.copy(value.address(), expected, offset, length);
            assertThat(OffHeap.toArray(store.valueAddress(), store.valueLength()))
                    .isEqualTo(expected);
            assertThat(store.counter()).isEqualTo(counter);
            assertThat(store.expiresAt()).isEqualTo(77);
        }
    }

    @Test
    void dotsComeAndGoWithoutTouchingTheRest() {
        seek(70);
        put(300, 12, 65536);
        store.setDots(VersionVector.of(SHARD, 65536).with(8, 5));
        holds(70, 300, 12, 65536);
        assertThat(store.vector()).isEqualTo(VersionVector.of(SHARD, 65536).with(8, 5));
        store.expire(-1);
        assertThat(store.otherDots()).isOne();
        store.setDots(VersionVector.of(SHARD, 65536));
        holds(70, 300, -1, 65536);
        assertThat(store.otherDots()).isZero();
    }

    @Test
    void copiesOfSegmentsAndTombstonesAreCounted() {
        seek(16);
        put(64, -1, 255);
        store.markCached(true);
        assertThat(store.liveRows()).isZero();
        store.writeString(0, value.address(), 1, 256, 1);
        assertThat(store.liveRows()).isOne();
        assertThat(store.shadowing()).isOne();
        store.remove();
        assertThat(store.liveRows()).isZero();
        assertThat(store.shadowing()).isOne();
        assertThat(store.counter()).isEqualTo(256);
        assertThat(store.graves()).isEqualTo(257);
        assertThat(store.unknown()).isFalse();
        seek(16);
        put(64, -1, store.nextCounter());
        assertThat(store.counter()).isEqualTo(258);
        assertThat(store.liveRows()).isOne();
        assertThat(store.shadowing()).isOne();
    }
}
