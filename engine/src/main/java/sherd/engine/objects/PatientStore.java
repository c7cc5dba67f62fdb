package sherd.engine.objects;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sherd.engine.objects.ObjectException.Reason;
import sherd.engine.time.Clock;

/**
 * Asks a store again where that may help: a few times, each after a longer pause of random length, so that many who
 * were turned away do not come back together. A store that stays away from readers is left alone for a while, in which
 * they fail at once: they would wait in a queue for nothing.
 */
public final class PatientStore implements ObjectStore {
    private static final long MILLI = 1_000_000;
    private static final long SLICE = 100 * MILLI;

    /**
     * How long to bear with a store.
     *
     * @param attempts of one call, at least 1
     * @param pauseMillis before the second attempt, at most; doubled for each further one
     * @param awayMillis for which readers do not ask a store that stayed away
     */
    public record Patience(int attempts, long pauseMillis, long awayMillis) {
        public static final Patience DEFAULT = new Patience(3, 100, 5_000);

        private static final int MOST_DOUBLINGS = 6;

        private long pauseNanos(int failures, RandomGenerator random) {
            long most = (pauseMillis << Math.min(failures - 1, MOST_DOUBLINGS)) * MILLI;
            return most <= 0 ? 0 : 1 + random.nextLong(most);
        }
    }

    /** Waits; may return early. */
    @FunctionalInterface
    public interface Pause {
        void nanos(long nanos);
    }

    private record Absence(long since, String reason) {}

    private final ObjectStore store;
    private final Patience patience;
    private final Clock clock;
    private final RandomGenerator random;
    private final Pause pause;
    private volatile @Nullable Absence absence;
    private volatile boolean closed;

    public PatientStore(ObjectStore store, Patience patience, Clock clock, RandomGenerator random, Pause pause) {
        this.store = store;
        this.patience = patience;
        this.clock = clock;
        this.random = random;
        this.pause = pause;
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    private <T> T patiently(Call<T> call) throws IOException {
        if (closed) {
            throw new ObjectException(Reason.AWAY, "the store of objects is being closed: " + describe());
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return call.run();
            } catch (ObjectException e) {
                if (e.reason() != Reason.AWAY) {
                    throw e;
                }
                if (attempt >= patience.attempts() || closed) {
                    throw e;
                }
                pause(patience.pauseNanos(attempt, random));
            }
        }
    }

    /** In slices, so that closing need not wait for it. */
    private void pause(long nanos) {
        for (long left = nanos; left > 0 && !closed; left -= SLICE) {
            pause.nanos(Math.min(left, SLICE));
        }
    }

    private void requirePresence() throws ObjectException {
        var known = absence;
        if (known != null && clock.nanoTime() - known.since() < patience.awayMillis() * MILLI) {
            throw new ObjectException(Reason.AWAY, known.reason());
        }
    }

    /** Whether the last reader found the store away, and it is left alone. */
    public boolean isAway() {
        var known = absence;
        return known != null && clock.nanoTime() - known.since() < patience.awayMillis() * MILLI;
    }

    @Override
    public boolean put(String key, Content content) throws IOException {
        return patiently(() -> store.put(key, content));
    }

    @Override
    public void read(String key, long offset, ByteBuffer target) throws IOException {
        requirePresence();
        int start = target.position();
        try {
            patiently(() -> {
                store.read(key, offset, target.position(start));
                if (target.hasRemaining()) {
                    throw new ObjectException(Reason.AWAY, "the answer was cut: key=" + key + " offset=" + offset);
                }
                return key;
            });
            absence = null;
        } catch (ObjectException e) {
            if (e.reason() == Reason.AWAY) {
                absence = new Absence(clock.nanoTime(), String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    @Override
    public OptionalLong size(String key) throws IOException {
        return patiently(() -> store.size(key));
    }

    @Override
    public void delete(String key) throws IOException {
        patiently(() -> {
            store.delete(key);
            return key;
        });
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        return patiently(() -> store.list(prefix));
    }

    @Override
    public String describe() {
        return store.describe();
    }

    /** Ends pauses. The store itself is closed by whoever made it. */
    @Override
    public void close() {
        closed = true;
    }
}
