package sherd.engine;

import java.util.OptionalInt;
import sherd.engine.lifecycle.ArchiveDecision;
import sherd.engine.lifecycle.ArchiveRule;
import sherd.engine.lifecycle.RowGroup;
import sherd.engine.schema.ArchiveSettings;

/** The oldest row group of a table, and the oldest of those that few have read: what the rule is asked about. */
final class OldestRows {
    private final ArchiveSettings settings;
    private final long now;
    private long oldest;
    private OptionalInt readers = OptionalInt.empty();
    private boolean anyHardlyRead;
    private long oldestHardlyRead = Long.MAX_VALUE;
    private int fewReaders;
    private long tookMillis;

    OldestRows(ArchiveSettings settings, long now) {
        this.settings = settings;
        this.now = now;
        this.oldest = now;
    }

    /** Whether readers of a row group of that age decide. */
    boolean isOld(long time) {
        return now - time >= settings.minAge();
    }

    /** @param time of the group's youngest row */
    void add(long time, OptionalInt distinctReaders) {
        if (time < oldest) {
            oldest = time;
            readers = distinctReaders;
        }
        boolean hardlyRead = distinctReaders.isPresent()
                && ArchiveRule.isHardlyRead(distinctReaders.getAsInt(), settings)
                && isOld(time);
        if (hardlyRead && time < oldestHardlyRead) {
            anyHardlyRead = true;
            oldestHardlyRead = time;
            fewReaders = distinctReaders.getAsInt();
        }
    }

    /** For a group that is too young for its readers to matter. */
    void addYoung(long time) {
        oldest = Math.min(oldest, time);
    }

    /** How long it took to find them. */
    void took(long millis) {
        tookMillis = millis;
    }

    /** Whether the answer still holds: rows that were written since are younger, and it is not looked for all the time. */
    boolean holds(long at, long leastMillis, long timesAsLong) {
        return at - oldest < settings.minAge() || at - now < Math.max(leastMillis, tookMillis * timesAsLong);
    }

    ArchiveDecision decide(ArchiveRule rule, double memoryUse, long at) {
        var group = anyHardlyRead
                ? new RowGroup(at - oldestHardlyRead, OptionalInt.of(fewReaders))
                : new RowGroup(at - oldest, readers);
        return rule.decide(group, settings, memoryUse);
    }
}
