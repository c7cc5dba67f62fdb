package sherd.engine.sim;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import sherd.engine.objects.ObjectException;
import sherd.engine.objects.ObjectException.Reason;
import sherd.engine.objects.ObjectStore;

/**
 * Objects in memory. Every call is a step, numbered from 1; {@link #failAt} makes one go wrong. Notes which threads
 * call.
 */
public final class FaultStore implements ObjectStore {
    /** What goes wrong at the chosen step. */
    public enum Fault {
        /** The call fails and has no effect. */
        FAIL,
        /** The call has its effect, and its answer is lost: a timeout. */
        LOSE_ANSWER,
        /** So does every later call fail, without effect. */
        STAY_AWAY,
        /** Half of an object is stored, or half of an answer comes. */
        CUT,
        /** A bit of an object, or of an answer, is another one. */
        FLIP,
        /** The machine that calls stops before the call has an effect. */
        STOP_BEFORE,
        /** And after it. */
        STOP_AFTER
    }

    private final Map<String, byte[]> objects = new TreeMap<>();
    private final Set<String> callers = new HashSet<>();
    private Runnable stop = () -> {};
    private long steps;
    private long faultStep = Long.MAX_VALUE;
    private Fault fault = Fault.FAIL;
    private boolean away;

    /**
     * Lets a call go wrong, counted from the next one on.
     *
     * @param machine stopped by the faults that say so
     */
    public synchronized void failAt(long step, Fault kind, Runnable machine) {
        faultStep = steps + step;
        fault = kind;
        stop = machine;
    }

    public synchronized void away(boolean now) {
        away = now;
    }

    public synchronized long steps() {
        return steps;
    }

    public synchronized List<String> keys() {
        return List.copyOf(objects.keySet());
    }

    /** Of threads that have called. */
    public synchronized Set<String> callers() {
        return Set.copyOf(callers);
    }

    public synchronized void flip(String key, int offset) {
        objects.computeIfPresent(key, (any, bytes) -> flipped(bytes, offset));
    }

    public synchronized void remove(String key) {
        objects.remove(key);
    }

    public synchronized void add(String key, byte[] bytes) {
        objects.put(key, bytes);
    }

    private static byte[] flipped(byte[] bytes, int offset) {
        var changed = bytes.clone();
        changed[offset % Math.max(1, changed.length)] ^= 4;
        return changed;
    }

    private interface Effect<T> {
        T run(boolean cut, boolean flip) throws IOException;
    }

    private <T> T step(Effect<T> effect) throws IOException {
        callers.add(Thread.currentThread().getName());
        steps++;
        if (away) {
            throw new ObjectException(Reason.AWAY, "simulated: away");
        }
        if (steps < faultStep || (steps > faultStep && fault != Fault.STAY_AWAY)) {
            return effect.run(false, false);
        }
        return switch (fault) {
            case FAIL, STAY_AWAY -> throw new ObjectException(Reason.AWAY, "simulated failure: step=" + steps);
            case LOSE_ANSWER -> {
                effect.run(false, false);
                throw new ObjectException(Reason.AWAY, "simulated timeout: step=" + steps);
            }
            case CUT -> effect.run(true, false);
            case FLIP -> effect.run(false, true);
            case STOP_BEFORE -> {
                stop.run();
                throw new ObjectException(Reason.AWAY, "simulated stop: step=" + steps);
            }
            case STOP_AFTER -> {
                effect.run(false, false);
                stop.run();
                throw new ObjectException(Reason.AWAY, "simulated stop: step=" + steps);
            }
        };
    }

    @Override
    public synchronized boolean put(String key, Content content) throws IOException {
        return step((cut, flip) -> {
            if (objects.containsKey(key)) {
                return false;
            }
            byte[] bytes;
            try (InputStream source = content.open()) {
                bytes = source.readNBytes((int) content.length());
            }
            if (bytes.length != content.length()) {
                throw new IOException("the content has another length: " + bytes.length);
            }
            if (cut) {
                bytes = java.util.Arrays.copyOf(bytes, bytes.length / 2);
            }
            objects.put(key, flip ? flipped(bytes, bytes.length / 3) : bytes);
            return true;
        });
    }

    @Override
    public synchronized void read(String key, long offset, ByteBuffer target) throws IOException {
        step((cut, flip) -> {
            var bytes = objects.get(key);
            if (bytes == null) {
                throw new ObjectException(Reason.MISSING, "no such object: key=" + key);
            }
            if (offset + target.remaining() > bytes.length) {
                throw new ObjectException(Reason.SHORT, "the object is too short: key=" + key);
            }
            int length = cut ? target.remaining() / 2 : target.remaining();
            var answer = java.util.Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
            target.put(flip ? flipped(answer, answer.length / 3) : answer);
            return key;
        });
    }

    @Override
    public synchronized OptionalLong size(String key) throws IOException {
        return step((cut, flip) -> {
            var bytes = objects.get(key);
            return bytes == null ? OptionalLong.empty() : OptionalLong.of(cut ? bytes.length / 2 : bytes.length);
        });
    }

    @Override
    public synchronized void delete(String key) throws IOException {
        step((cut, flip) -> {
            objects.remove(key);
            return key;
        });
    }

    @Override
    public synchronized List<String> list(String prefix) throws IOException {
        return step((cut, flip) ->
                objects.keySet().stream().filter(key -> key.startsWith(prefix)).toList());
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {}
}
