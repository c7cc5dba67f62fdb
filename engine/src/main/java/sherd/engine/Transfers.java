package sherd.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import sherd.engine.archive.SegmentHome;
import sherd.engine.archive.SegmentHome.State;
import sherd.engine.archive.SegmentMeta;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.objects.ObjectException;
import sherd.engine.objects.ObjectFiles;
import sherd.engine.observe.Event;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.ArchivedRows;
import sherd.engine.table.TableSegments;

/**
 * Moves segments to object storage, in steps that each leave every row in a place that the catalog names: the catalog
 * names the object, then it is stored, then read back to the last byte; then the catalog says that it is there, then that
 * it is enough, then the file goes. Whatever is cut short is taken up where the catalog says it was.
 *
 * <p>The key of an object holds the folder's own name, the segment's number and the start of its sum: no two segments
 * ever have the same one, and what is there under a key is either the segment or damaged. Checkpoints are no archive and
 * stay.
 */
final class Transfers {
    private static final String OWNER = "objects_owner";
    private static final int OWNER_DIGITS = 16;
    private static final int SUM_DIGITS = 16;
    private static final int SEGMENTS_AT_ONCE = 16;

    private final Maintenance maintenance;
    private final ObjectFiles objects;
    private final TransferPolicy policy;
    private final RandomGenerator random;
    private final ObjectCopy copy;
    private boolean strayLooked;

    Transfers(
            Maintenance maintenance,
            ObjectFiles objects,
            TransferPolicy policy,
            RandomGenerator random,
            BooleanSupplier stopped) {
        this.maintenance = maintenance;
        this.objects = objects;
        this.policy = policy;
        this.random = random;
        this.copy = new ObjectCopy(maintenance.disk(), objects.store(), maintenance.budget(), stopped);
    }

    /** A segment and the table it is of. */
    private record Candidate(ShardedTable table, TableSegments.Entry entry) {
        private SegmentMeta meta() {
            return entry.segment().meta();
        }

        private SegmentHome home() {
            return entry.segment().home();
        }
    }

    /** Does what is due now. */
    synchronized TransferRound run() {
        var held = new ArrayList<ArchivedRows>();
        try {
            var all = new ArrayList<Candidate>();
            for (var table : maintenance.database().tables()) {
                var segments = (TableSegments) table.retainArchived();
                held.add(segments);
                segments.newestFirst().reversed().forEach(entry -> all.add(new Candidate(table, entry)));
            }
            all.removeIf(candidate -> candidate.entry().segment().damage() != null);
            all.sort(Comparator.comparingLong(candidate -> candidate.meta().createdSeconds()));
            int uploaded = 0;
            for (var some : inParts(all, this::toUpload)) {
                uploaded += upload(some);
            }
            int removed = 0;
            for (var some : inParts(all, toRelease(all)::contains)) {
                removed += release(some);
            }
            loadKeys(all);
            lookForStray();
            return new TransferRound(uploaded, removed, deleteUnwanted());
        } catch (IOException e) {
            throw failed(e);
        } finally {
            held.forEach(ArchivedRows::release);
        }
    }

    private StoreException failed(IOException e) {
        return new StoreException(
                e instanceof ObjectException ? ErrorCode.OBJECTS_UNAVAILABLE : ErrorCode.DISK_FAILED,
                "segments cannot be moved to object storage now: cause='" + e.getMessage()
                        + "'; they stay where they are, and it is tried again",
                e);
    }

    /** Once its filter is in memory, a segment is asked only for keys that it may have. */
    private static void loadKeys(List<Candidate> all) {
        for (var candidate : all) {
            if (!candidate.home().onDisk() && candidate.entry().segment().lacksKeys()) {
                candidate.entry().segment().read(segment -> candidate);
            }
        }
    }

    private static List<List<Candidate>> inParts(List<Candidate> all, Predicate<Candidate> wanted) {
        var chosen = all.stream().filter(wanted).toList();
        var parts = new ArrayList<List<Candidate>>();
        for (int from = 0; from < chosen.size(); from += SEGMENTS_AT_ONCE) {
            parts.add(chosen.subList(from, Math.min(chosen.size(), from + SEGMENTS_AT_ONCE)));
        }
        return parts;
    }

    private boolean olderThan(Candidate candidate, long millis) {
        return maintenance.clock().epochMillis() - candidate.meta().createdSeconds() * 1000 >= millis;
    }

    private boolean toUpload(Candidate candidate) {
        return switch (candidate.home().state()) {
            case LOCAL -> olderThan(candidate, policy.uploadAfterMillis());
            case UPLOADING -> true;
            case BOTH, REMOTE -> false;
        };
    }

    private int upload(List<Candidate> some) throws IOException {
        var named = new HashMap<Candidate, SegmentHome>();
        var owner = owner();
        for (var candidate : some) {
            if (candidate.home().state() == State.LOCAL) {
                named.put(candidate, new SegmentHome(State.UPLOADING, key(owner, candidate.meta())));
            }
        }
        move(named);
        var verified = new HashMap<Candidate, SegmentHome>();
        try {
            for (var candidate : some) {
                long started = maintenance.clock().epochMillis();
                if (store(candidate)) {
                    verified.put(
                            candidate,
                            new SegmentHome(State.BOTH, candidate.home().object()));
                    maintenance
                            .events()
                            .on(new Event.SegmentStored(
                                    candidate.meta().id(),
                                    candidate.meta().sizeBytes(),
                                    maintenance.clock().epochMillis() - started));
                }
            }
        } finally {
            move(verified);
        }
        return verified.size();
    }

    /** True if the object is there and was verified; an object that is not what it should be is made anew, once. */
    private boolean store(Candidate candidate) throws IOException {
        var meta = candidate.meta();
        var key = candidate.home().object();
        if (!copy.fileIsSound(meta)) {
            candidate.entry().segment().damaged("the file is not what was written: file=" + meta.file());
            return false;
        }
        copy.put(meta, key);
        if (copy.objectIsSound(meta, key)) {
            return true;
        }
        objects.store().delete(key);
        copy.put(meta, key);
        if (copy.objectIsSound(meta, key)) {
            return true;
        }
        objects.store().delete(key);
        throw new ObjectException(
                ObjectException.Reason.REFUSED,
                "an object is not what was stored, twice: store="
                        + objects.store().describe() + " key=" + key);
    }

    /** The files of verified segments that need not stay, and those that turned out to be damaged. */
    private Set<Candidate> toRelease(List<Candidate> oldestFirst) {
        var chosen = new HashSet<Candidate>();
        var withFile = new HashSet<Long>();
        maintenance.database().state().segments().stream()
                .filter(entry -> entry.home().onDisk())
                .forEach(entry -> withFile.add(entry.sequence()));
        long bytes = 0;
        for (var candidate : oldestFirst) {
            bytes += candidate.home().state() == State.BOTH ? candidate.meta().sizeBytes() : 0;
        }
        for (var candidate : oldestFirst) {
            boolean beyond = policy.localLimitBytes() > 0 && bytes > policy.localLimitBytes();
            switch (candidate.home().state()) {
                case LOCAL, UPLOADING -> {}
                case BOTH -> {
                    if (beyond || olderThan(candidate, policy.keepLocalMillis())) {
                        bytes -= candidate.meta().sizeBytes();
                        chosen.add(candidate);
                    }
                }
                case REMOTE -> {
                    if (withFile.contains(candidate.entry().sequence())) {
                        chosen.add(candidate);
                    }
                }
            }
        }
        return chosen;
    }

    private int release(List<Candidate> some) throws IOException {
        for (var candidate : some) {
            candidate.entry().segment().keepKeys();
        }
        var remote = new HashMap<Candidate, SegmentHome>();
        some.forEach(candidate -> remote.put(
                candidate, new SegmentHome(State.REMOTE, candidate.home().object())));
        move(remote);
        for (var candidate : some) {
            maintenance.open().deleteFile(candidate.meta().file());
        }
        if (!some.isEmpty()) {
            maintenance.disk().syncFolder(SegmentFiles.FOLDER);
        }
        return some.size();
    }

    /** First the catalog, then those who read. Segments that the catalog no longer names keep their objects to the end. */
    private void move(Map<Candidate, SegmentHome> homes) {
        if (homes.isEmpty()) {
            return;
        }
        var states = new HashMap<Long, Map<String, String>>();
        homes.forEach((candidate, home) -> states.put(candidate.entry().sequence(), home.encode()));
        maintenance.database().commit(old -> CatalogChange.changeStates(old, states));
        homes.forEach((candidate, home) -> candidate.entry().segment().moved(home));
    }

    /** What this folder calls itself among others that may share a bucket; chosen once. */
    private String owner() {
        var known = maintenance.database().state().state().get(OWNER);
        if (known != null) {
            return known;
        }
        var fresh = HexFormat.of().toHexDigits(random.nextLong(), OWNER_DIGITS);
        maintenance.database().commit(old -> CatalogChange.changeState(old, Map.of(OWNER, fresh)));
        return fresh;
    }

    private static String key(String owner, SegmentMeta meta) {
        return owner + "/" + meta.id() + "-" + meta.sha256().substring(0, SUM_DIGITS) + ".tar";
    }

    /** Once a start: objects that a crash kept from being deleted, and ones that are gone. */
    private void lookForStray() throws IOException {
        var state = maintenance.database().state();
        var owner = state.state().get(OWNER);
        if (strayLooked || owner == null) {
            return;
        }
        var there = new HashSet<>(objects.store().list(owner + "/"));
        for (var entry : state.segments()) {
            var home = entry.home();
            boolean found = there.remove(home.object());
            if (!found && (home.state() == State.BOTH || home.state() == State.REMOTE)) {
                warn("an object is missing: segment=" + entry.meta().id() + " key=" + home.object()
                        + "; put it back from a copy");
            }
        }
        long next = CatalogChange.nextSequence(state);
        for (var key : there) {
            long sequence = SegmentFiles.sequence(key.substring(owner.length() + 1));
            if (sequence > 0 && sequence < next) {
                objects.discard(key);
            } else {
                warn("an object is of no segment that this folder has had, it stays: key=" + key);
            }
        }
        strayLooked = true;
    }

    private int deleteUnwanted() throws IOException {
        int deleted = 0;
        for (var key : objects.unwanted()) {
            objects.store().delete(key);
            objects.deleted(key);
            deleted++;
        }
        return deleted;
    }

    private void warn(String message) {
        maintenance.events().on(new Event.Warning(message));
    }
}
