package sherd.engine.sim;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;

/**
 * A disk in memory that knows what power loss would leave of it.
 *
 * <p>Bytes are durable after {@link DiskFile#sync}, names after {@link #syncFolder}. Every call that changes something
 * is a step, numbered from 1; {@link #failAt} makes a step go wrong. After a crash every call throws {@link
 * SimulatedCrash} (closing excepted), and {@link #survivor} is the disk the next start finds.
 */
public final class FaultDisk implements Disk {
    /** What goes wrong at the chosen step. */
    public enum Fault {
        /** The call fails and has no effect; a sync drops what it should have stored. */
        FAIL_ONCE,
        /** So does every later call that changes something. */
        FAIL_FOREVER,
        /** Power or process goes before the call has any effect. */
        CRASH,
        /** As above, but the first half of a write took effect. */
        TEAR
    }

    /** What of the unsynced changes the next start finds. */
    public enum Survival {
        /** All: the process was killed, the system lives. */
        EVERYTHING,
        /** None: power loss, with nothing written early. */
        SYNCED_ONLY,
        /** An arbitrary part, in any order: power loss. */
        RANDOM
    }

    private record NameChange(
            String name, @Nullable FaultFile file, @Nullable String removed) {}

    private static final int DIRECT_BLOCK = 64;

    private final Map<String, FaultFile> live = new TreeMap<>();
    private final Map<String, FaultFile> durable = new TreeMap<>();
    private final Map<String, List<NameChange>> unsynced = new HashMap<>();
    private final List<Handle> open = new ArrayList<>();
    private final Set<String> locks = new HashSet<>();
    private long steps;
    private long faultStep = Long.MAX_VALUE;
    private Fault fault = Fault.FAIL_ONCE;
    private long capacity = Long.MAX_VALUE;
    private boolean crashed;

    // What tests set up and look at.

    public synchronized void failAt(long step, Fault kind) {
        faultStep = step;
        fault = kind;
    }

    /** Lets no file grow when all files together would be larger. */
    public synchronized void limit(long bytes) {
        capacity = bytes;
    }

    public synchronized long steps() {
        return steps;
    }

    public synchronized boolean isCrashed() {
        return crashed;
    }

    /** Stops the machine now, between two steps. */
    public synchronized void crash() {
        crashed = true;
    }

    /** The disk as the next start finds it, without faults; this one stays as it is. */
    public synchronized FaultDisk survivor(Survival survival, RandomGenerator random) {
        var disk = new FaultDisk();
        switch (survival) {
            case EVERYTHING -> live.forEach((name, file) -> disk.put(name, file.content()));
            case SYNCED_ONLY -> durable.forEach((name, file) -> disk.put(name, file.syncedContent()));
            case RANDOM -> randomNames(random).forEach((name, file) -> disk.put(name, file.randomSurvivor(random)));
        }
        return disk;
    }

    private Map<String, FaultFile> randomNames(RandomGenerator random) {
        var names = new TreeMap<>(durable);
        for (List<NameChange> changes : new TreeMap<>(unsynced).values()) {
            int kind = random.nextInt(3);
            int upTo = random.nextInt(changes.size() + 1);
            for (int i = 0; i < changes.size(); i++) {
                if (kind == 0 ? i < upTo : random.nextBoolean()) {
                    apply(changes.get(i), names);
                }
            }
        }
        return names;
    }

    /** An exact, durable copy of what programs see now. */
    public synchronized FaultDisk copy() {
        return survivor(Survival.EVERYTHING, RandomGenerator.getDefault());
    }

    /** Puts a complete, durable file there. */
    public synchronized void put(String name, byte[] content) {
        var file = new FaultFile(content);
        live.put(name, file);
        durable.put(name, file);
    }

    public synchronized byte[] content(String name) {
        FaultFile file = live.get(name);
        if (file == null) {
            throw new AssertionError("no such file: " + name);
        }
        return file.content();
    }

    public synchronized void flip(String name, int offset, int bit) {
        FaultFile file = live.get(name);
        if (file == null) {
            throw new AssertionError("no such file: " + name);
        }
        file.flip(offset, bit);
    }

    /** All files, with their folders. */
    public synchronized List<String> files() {
        return List.copyOf(live.keySet());
    }

    public synchronized void assertAllClosed() {
        if (!open.isEmpty() || !locks.isEmpty()) {
            throw new AssertionError(
                    "left open: " + open.stream().map(handle -> handle.name).toList() + " " + locks);
        }
    }

    // The disk.

    @Override
    public synchronized DiskFile create(String name) throws IOException {
        alive();
        if (live.containsKey(name)) {
            throw new IOException("file exists: " + name);
        }
        step();
        var file = new FaultFile(new byte[0]);
        change(new NameChange(name, file, null));
        return new Handle(name, file, true);
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        return new Handle(name, existing(name), false);
    }

    @Override
    public synchronized DiskFile openForWrite(String name) throws IOException {
        return new Handle(name, existing(name), true);
    }

    @Override
    public synchronized boolean exists(String name) {
        alive();
        return live.containsKey(name);
    }

    @Override
    public synchronized long size(String name) throws IOException {
        return existing(name).size();
    }

    @Override
    public synchronized List<String> list(String folder) {
        alive();
        return live.keySet().stream()
                .filter(name -> folderOf(name).equals(folder))
                .map(name -> folder.isEmpty() ? name : name.substring(folder.length() + 1))
                .toList();
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        FaultFile file = existing(from);
        if (!folderOf(from).equals(folderOf(to))) {
            throw new AssertionError("renamed across folders, which is not durable in one step: " + from + " to " + to);
        }
        step();
        change(new NameChange(to, file, from));
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        alive();
        if (live.containsKey(name)) {
            step();
            change(new NameChange(name, null, name));
        }
    }

    @Override
    public synchronized void syncFolder(String folder) throws IOException {
        alive();
        step();
        List<NameChange> changes = unsynced.remove(folder);
        if (changes != null) {
            changes.forEach(change -> apply(change, durable));
        }
    }

    @Override
    public synchronized @Nullable AutoCloseable tryLock(String name) {
        alive();
        return locks.add(name) ? () -> unlock(name) : null;
    }

    @Override
    public String describe() {
        return "memory";
    }

    private synchronized void unlock(String name) {
        locks.remove(name);
    }

    private void change(NameChange change) {
        unsynced.computeIfAbsent(folderOf(change.name()), _ -> new ArrayList<>())
                .add(change);
        apply(change, live);
    }

    private static void apply(NameChange change, Map<String, FaultFile> names) {
        if (change.removed() != null) {
            names.remove(change.removed());
        }
        if (change.file() != null) {
            names.put(change.name(), change.file());
        }
    }

    private static String folderOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    private FaultFile existing(String name) throws IOException {
        alive();
        FaultFile file = live.get(name);
        if (file == null) {
            throw new FileNotFoundException(name);
        }
        return file;
    }

    private void alive() {
        if (crashed) {
            throw new SimulatedCrash(steps);
        }
    }

    /** Counts a step that changes something; throws if it is the one, or comes after one that failed for good. */
    private void step() throws IOException {
        steps++;
        if (steps < faultStep) {
            return;
        }
        switch (fault) {
            case CRASH, TEAR -> {
                crashed = true;
                throw new SimulatedCrash(steps);
            }
            case FAIL_ONCE -> {
                if (steps == faultStep) {
                    throw new IOException("simulated failure: step=" + steps);
                }
            }
            case FAIL_FOREVER -> throw new IOException("simulated failure: step=" + steps);
        }
    }

    private boolean tearsNext() {
        return steps + 1 == faultStep && fault == Fault.TEAR;
    }

    @Override
    public synchronized long freeBytes() {
        return Math.max(0, capacity - usedBytes());
    }

    private long usedBytes() {
        return live.values().stream().mapToLong(FaultFile::size).sum();
    }

    private final class Handle implements DiskFile {
        private final String name;
        private final FaultFile file;
        private final boolean writable;
        private boolean closed;

        Handle(String name, FaultFile file, boolean writable) {
            this.name = name;
            this.file = file;
            this.writable = writable;
            open.add(this);
        }

        @Override
        public long size() throws IOException {
            synchronized (FaultDisk.this) {
                check(false);
                return file.size();
            }
        }

        @Override
        public int read(ByteBuffer target, long offset) throws IOException {
            synchronized (FaultDisk.this) {
                check(false);
                byte[] content = file.content();
                int length = (int) Math.max(0, Math.min(target.remaining(), content.length - offset));
                if (length > 0) {
                    target.put(content, (int) offset, length);
                }
                return length;
            }
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            synchronized (FaultDisk.this) {
                check(true);
                var bytes = new byte[source.remaining()];
                source.get(bytes);
                if (tearsNext()) {
                    file.write((int) offset, Arrays.copyOf(bytes, bytes.length / 2));
                }
                step();
                long growth = Math.max(0, offset + bytes.length - file.size());
                long room = freeBytes();
                if (growth > room) {
                    int fits = (int) Math.max(0, bytes.length - (growth - room));
                    file.write((int) offset, Arrays.copyOf(bytes, fits));
                    throw new IOException("No space left on device");
                }
                file.write((int) offset, bytes);
            }
        }

        @Override
        public int directBlock() {
            return DIRECT_BLOCK;
        }

        @Override
        public void writeDirect(ByteBuffer source, long offset) throws IOException {
            long address = MemorySegment.ofBuffer(source).address();
            if ((address | offset | source.remaining()) % DIRECT_BLOCK != 0) {
                throw new IOException("not in whole blocks: address=" + address + " offset=" + offset + " bytes="
                        + source.remaining());
            }
            write(source, offset);
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (FaultDisk.this) {
                check(true);
                step();
                file.truncate((int) size);
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (FaultDisk.this) {
                check(true);
                try {
                    step();
                } catch (IOException e) {
                    file.failSync();
                    throw e;
                }
                file.sync();
            }
        }

        @Override
        public void close() {
            synchronized (FaultDisk.this) {
                closed = true;
                open.remove(this);
            }
        }

        private void check(boolean toWrite) throws IOException {
            alive();
            if (closed) {
                throw new IOException("the file is closed: " + name);
            }
            if (toWrite && !writable) {
                throw new IOException("opened for reading only: " + name);
            }
        }
    }
}
