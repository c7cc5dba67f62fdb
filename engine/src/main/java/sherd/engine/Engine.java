package sherd.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.OpenSegments;
import sherd.engine.archive.SegmentCache;
import sherd.engine.archive.SegmentContent;
import sherd.engine.archive.SegmentHandle;
import sherd.engine.command.RowBatch;
import sherd.engine.disk.Disk;
import sherd.engine.disk.ProcessorRoom;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.Fault;
import sherd.engine.error.StoreException;
import sherd.engine.lifecycle.ArchiveDecision;
import sherd.engine.lifecycle.ArchiveRule;
import sherd.engine.lifecycle.CheckpointRule;
import sherd.engine.lifecycle.MergeRule;
import sherd.engine.lifecycle.ScoreWeights;
import sherd.engine.log.CommitLog;
import sherd.engine.log.FileCommitLog;
import sherd.engine.log.LogConfig;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.SlabPool;
import sherd.engine.objects.ObjectFiles;
import sherd.engine.objects.ObjectPages;
import sherd.engine.objects.ObjectStore;
import sherd.engine.objects.PatientStore;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;
import sherd.engine.route.LocalRoutes;
import sherd.engine.route.Replay;
import sherd.engine.route.Session;
import sherd.engine.route.ShardedTable;
import sherd.engine.route.StagedValue;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.table.ArchivedRows;
import sherd.engine.table.TableSegments;
import sherd.engine.time.Clock;

/**
 * The store's door: one per data folder, shared by all threads. Rows by key go through a {@link Session}; what is here
 * is tables, appended rows, search, and moving rows between homes.
 *
 * <p>Methods that read or write files say that they block; they are not for I/O threads.
 */
public final class Engine implements AutoCloseable {
    private static final int WORKERS = 4;
    /** More when some of them may wait for the network. */
    private static final int PATIENT_WORKERS = 16;

    private static final long CACHE_SHARE = 16;
    /** Its batches are on the heap, which is not sized with the memory limit. */
    private static final long CACHE_HEAP_SHARE = 4;

    /** Log files between two checkpoints, or more. */
    private static final long LOG_FILES = 4;
    /** Of the memory limit, at most, for batches on their way to the commit log. */
    private static final long LOG_SHARE = 8;

    private static final int LEAST_LOG_BUFFER = 64 << 10;

    private final EngineConfig config;
    private final Disk disk;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Holdings holdings;
    private final Database database;
    private final CommitLog log;
    private final ExecutorService workers;
    private final Maintenance maintenance;
    private final Archiver archiver;
    private final Checkpointer checkpointer;
    private final Pace pace;
    private final Merger merger;
    private final Retention retention;
    private final Upkeep upkeep;
    private final Optional<ObjectFiles> objects;
    private final Optional<TransferLoop> transfers;
    private final KeySpace keySpace;
    private final ArchiveAdvisor advisor;
    private final Lifecycle lifecycle;
    private final AutoCloseable folderLock;
    private final LogAppender appender;
    private final long opened;
    private final long recoveredChanges;

    /** What {@link #open} has put together. */
    private record Parts(
            Disk disk,
            Clock clock,
            MemoryBudget budget,
            Holdings holdings,
            CommitLog log,
            AutoCloseable folderLock,
            long recoveredChanges) {}

    private Engine(
            EngineConfig config,
            Optional<ObjectStorage> storage,
            Parts parts,
            RandomGenerator random,
            Events events,
            ThreadFactory threads) {
        this.config = config;
        disk = parts.disk();
        clock = parts.clock();
        budget = parts.budget();
        holdings = parts.holdings();
        database = holdings.database();
        log = parts.log();
        folderLock = parts.folderLock();
        recoveredChanges = parts.recoveredChanges();
        objects = holdings.objects();
        workers = Executors.newFixedThreadPool(objects.isPresent() ? PATIENT_WORKERS : WORKERS, threads);
        budget.giveBackOn(workers);
        pace = new Pace(
                clock, new ProcessorRoom(ProcessorRoom.PROC_STAT), budget, config.watermark(), LockSupport::parkNanos);
        maintenance =
                new Maintenance(database, log, disk, clock, budget, holdings.open(), events, new ReentrantLock(), pace);
        archiver = new Archiver(maintenance);
        checkpointer = new Checkpointer(maintenance, new CheckpointRule(config.checkpointBytes()));
        merger = new Merger(maintenance, new MergeRule(Math.max(2, config.mergeWidth())));
        retention = new Retention(maintenance, checkpointer);
        keySpace = new KeySpace(clock, random, log, budget);
        appender = new LogAppender(log, clock, budget);
        opened = clock.epochMillis();
        advisor = new ArchiveAdvisor(new ArchiveRule(config.watermark(), ScoreWeights.DEFAULT), budget, clock);
        lifecycle = new Lifecycle(this, advisor, config, threads, events);
        upkeep = new Upkeep(database, merger, retention, config.mergeWidth() > 0, threads, events);
        transfers = objects.flatMap(
                files -> storage.map(to -> new TransferLoop(maintenance, files, to.policy(), random, threads)));
    }

    /**
     * Opens a data folder, new or existing, and brings back everything that was acknowledged. Blocks.
     *
     * @throws StoreException DATA_IN_USE while another process has the folder; CORRUPT_... if its files are damaged
     */
    public static Engine open(
            EngineConfig config, Disk disk, Clock clock, RandomGenerator random, Events events, ThreadFactory threads) {
        return open(config, disk, Optional.empty(), clock, random, events, threads);
    }

    /** The same with a place for segments that leave the folder. */
    public static Engine open(
            EngineConfig config,
            Disk disk,
            Optional<ObjectStorage> storage,
            Clock clock,
            RandomGenerator random,
            Events events,
            ThreadFactory threads) {
        var folderLock = FolderLock.take(disk);
        try {
            var budget = new MemoryBudget(config.memoryLimit());
            var objects = storage.map(to -> objects(to, budget, clock, random));
            var parts = recover(config, disk, objects, budget, clock, events, threads, folderLock);
            var engine = new Engine(config, storage, parts, random, events, threads);
            engine.lifecycle.start();
            engine.upkeep.start();
            engine.transfers
                    .filter(loop -> storage.orElseThrow().policy().automatic())
                    .ifPresent(TransferLoop::start);
            return engine;
        } catch (StoreException | Error e) {
            FolderLock.release(folderLock);
            throw e;
        }
    }

    private static ObjectFiles objects(
            ObjectStorage storage, MemoryBudget budget, Clock clock, RandomGenerator random) {
        var store =
                new PatientStore(storage.store(), storage.policy().patience(), clock, random, LockSupport::parkNanos);
        return new ObjectFiles(store, new ObjectPages(store, budget, budget.limitBytes() / CACHE_SHARE));
    }

    private static Parts recover(
            EngineConfig config,
            Disk disk,
            Optional<ObjectFiles> objects,
            MemoryBudget budget,
            Clock clock,
            Events events,
            ThreadFactory threads,
            AutoCloseable folderLock) {
        long started = clock.epochMillis();
        var state = FolderCatalog.load(disk);
        SegmentFiles.removeLeftovers(disk, state.segments());
        var cache = new SegmentCache(
                budget,
                Math.min(
                        config.memoryLimit() / CACHE_SHARE, Runtime.getRuntime().maxMemory() / CACHE_HEAP_SHARE));
        var pool = new SlabPool(budget);
        var database = new Database(disk, new LocalRoutes(disk), pool, config.node(), state);
        var open = new OpenSegments(disk, objects, cache, events);
        var holdings = new Holdings(database, open, pool, objects);
        try {
            database.load(TableDefinition.keyValue(config.defaultShards(), config.archive()));
            disk.limits().warning(state.segments().size()).ifPresent(events::on);
            var recovery = new Recovery(database, disk, cache, open, pool);
            recovery.load();
            var replay = recovery.replay();
            var log = FileCommitLog.open(
                    disk,
                    new LogConfig(config.sync(), config.syncIntervalMillis(), logFileBytes(config), logBuffer(config)),
                    clock,
                    threads,
                    budget,
                    events,
                    state.checkpointLsn(),
                    replay);
            events.on(new Event.Recovered(replay.changes(), recovery.rows(), clock.epochMillis() - started));
            return new Parts(disk, clock, budget, holdings, log, folderLock, replay.changes());
        } catch (StoreException | Error e) {
            holdings.close();
            throw e;
        }
    }

    /** Only whole log files can go: were they longer than a checkpoint lets the log grow, each tick would take one. */
    private static long logFileBytes(EngineConfig config) {
        return Math.min(LogConfig.DEFAULT_FILE_BYTES, Math.max(1, config.checkpointBytes() / LOG_FILES));
    }

    /**
     * Taken at the start and never given back, so it must leave room for rows under a small limit too. A part of it is
     * written at once, and should not make a file much longer than files are meant to be.
     */
    private static int logBuffer(EngineConfig config) {
        long most = Math.min(LogConfig.DEFAULT_BUFFER_BYTES, LOG_FILES * logFileBytes(config));
        return (int) Math.max(LEAST_LOG_BUFFER, Math.min(config.memoryLimit() / LOG_SHARE, most));
    }

    /** A way to rows for one thread; the caller closes it. */
    public Session session() {
        return new Session(database, log, clock, holdings.pool());
    }

    /** Null if memory is too short for that; see {@link StagedValue}. */
    public @Nullable StagedValue stage(int keyLength, int length) {
        return StagedValue.begin(budget, log, keyLength, length);
    }

    /** For acknowledgements and back-pressure. */
    public CommitLog log() {
        return log;
    }

    /** Files of segments mapped now. */
    public int mappedSegments() {
        return maintenance.open().mapped();
    }

    /** A little of what is to be done now and then. */
    void tidy() {
        maintenance.open().tidy();
    }

    /** Threads for what may wait. */
    public Executor workers() {
        return workers;
    }

    public MemoryBudget memory() {
        return budget;
    }

    long now() {
        return clock.epochMillis();
    }

    public EngineConfig config() {
        return config;
    }

    // Tables

    /** False if an equal table exists already; TABLE_EXISTS if a different one has the name. Blocks. */
    public boolean createTable(TableDefinition definition) {
        return database.create(definition);
    }

    /** Removes a table with all its rows; false if there is none of that name. Blocks. */
    public boolean dropTable(TableName name) {
        maintenance.turn().lock();
        try {
            var state = database.state();
            var dropped = database.drop(name);
            dropped.ifPresent(table -> {
                table.shards().forEach(Replay::clearLocked);
                var homes = table.homes().writeLock();
                ArchivedRows before;
                homes.lock();
                try {
                    before = Maintenance.letGo(table, budget);
                } finally {
                    homes.unlock();
                }
                before.release();
                database.forgetRoutes(name);
                SegmentFiles.delete(
                        disk,
                        SegmentFiles.checkpoints(state.segments().stream()
                                .filter(entry -> entry.tableId() == table.id())
                                .toList()));
            });
            return dropped.isPresent();
        } finally {
            maintenance.turn().unlock();
        }
    }

    public Optional<ShardedTable> table(TableName name) {
        return database.byName(name);
    }

    public ShardedTable requireTable(TableName name) {
        return table(name)
                .orElseThrow(() -> new StoreException(
                        ErrorCode.UNKNOWN_TABLE,
                        "no such table: table=" + name + "; create it with PUT /api/v1/tables/" + name.database() + "/"
                                + name.table()));
    }

    /** The table of plain keys. */
    public ShardedTable keyValue() {
        return database.keyValue();
    }

    /** In the order of their creation. */
    public List<ShardedTable> tables() {
        return database.tables();
    }

    public TableStatus status(ShardedTable table) {
        return StatusReport.of(table);
    }

    public EngineStatus status() {
        return StatusReport.of(
                budget,
                holdings.pool(),
                log,
                database.state(),
                objects,
                database.tables(),
                clock.epochMillis() - opened,
                recoveredChanges);
    }

    // Rows of log tables

    /** An empty batch for a table's rows; the caller closes it. */
    public RowBatch newBatch(ShardedTable table) {
        return new RowBatch(table.definition().columns(), budget);
    }

    /** Appends all rows of a batch to a log table, or none; returns the LSN whose acknowledgement to await. */
    public long append(ShardedTable table, RowBatch batch) {
        return appender.append(table, batch);
    }

    // Search, archive, checkpoint

    /**
     * Finds rows in all homes. A segment found to be damaged is set aside, and the rest is asked again; one that cannot
     * be reached is left out, and counted. Blocks.
     */
    public SearchResult search(ShardedTable table, SearchRequest request) {
        var unreachable = new HashSet<SegmentHandle>();
        return pastDamage(table, () -> reachable(table, request, unreachable));
    }

    private SearchResult reachable(ShardedTable table, SearchRequest request, Set<SegmentHandle> unreachable) {
        while (true) {
            var searcher = new Searcher(
                    table,
                    request,
                    clock,
                    budget,
                    workers,
                    segment -> unreachable.contains(segment) || isAway(segment));
            try {
                return searcher.search();
            } catch (StoreException e) {
                var failed = searcher.reading();
                if (e.code() != ErrorCode.OBJECTS_UNAVAILABLE || failed == null || !unreachable.add(failed)) {
                    throw e;
                }
            }
        }
    }

    private boolean isAway(SegmentHandle segment) {
        return !segment.home().onDisk()
                && objects.map(files -> files.store().isAway()).orElse(true);
    }

    /**
     * Moves to object storage what is due, without waiting for the background to do it. Blocks.
     *
     * @throws StoreException OBJECTS_UNAVAILABLE if the store fails; what was done stays done
     */
    public TransferRound transfer() {
        return transfers
                .orElseThrow(() -> new StoreException(
                        ErrorCode.INVALID_ARGUMENT, "this node has no object storage; set objects.endpoint"))
                .run();
    }

    /** Shows the rows of a table in a range of time to a visitor, on this thread. Blocks. */
    public ScanStats scan(ShardedTable table, ScanRequest request, RowVisitor visitor) {
        return scan(table, request, visitor, clock, budget);
    }

    static ScanStats scan(
            ShardedTable table, ScanRequest request, RowVisitor visitor, Clock clock, MemoryBudget budget) {
        return table.isRecord()
                ? new RecordScanner(table, request, visitor, clock, budget).scan()
                : new LogScanner(table, request, visitor, clock).scan();
    }

    /** Computes a value of each group of a table's rows, in all homes. Damage is met as a search meets it. Blocks. */
    public AggregateResult aggregate(ShardedTable table, AggregateRequest request) {
        long started = clock.nanoTime();
        return pastDamage(table, () -> {
            try (var groups = new Aggregation(table.definition(), request, budget)) {
                var stats = scan(table, groups.scan(), groups);
                long took = (clock.nanoTime() - started) / 1000;
                return new AggregateResult(groups.groups(), groups.rows(), took, stats.search());
            }
        });
    }

    /** Asks again what has met damage, which is set aside by then. */
    private static <T> T pastDamage(ShardedTable table, Supplier<T> question) {
        while (true) {
            long damaged = StatusReport.damaged(table);
            try {
                return question.get();
            } catch (StoreException e) {
                if (e.code() != ErrorCode.CORRUPT_SEGMENT || StatusReport.damaged(table) <= damaged) {
                    throw e;
                }
            }
        }
    }

    /** Moves rows older than that into segments, all rows with 0; returns the segments made. Blocks. */
    public List<SegmentStatus> archive(ShardedTable table, long olderThanMillis) {
        return archive(table, olderThanMillis, Archiver.Choice.ALL);
    }

    private List<SegmentStatus> archive(ShardedTable table, long olderThanMillis, Archiver.Choice choice) {
        var made = archiver.archive(table, olderThanMillis, choice);
        advisor.archived(table);
        return made;
    }

    /** Moves rows that are old enough and that few have read. */
    void archiveHardlyRead(ShardedTable table) {
        archive(table, Math.max(1, table.definition().archive().minAge()), advisor.hardlyRead(table));
    }

    /** Merges all segments of a table into as few as may be; returns the segments made. Blocks. */
    public List<SegmentStatus> merge(ShardedTable table) {
        return merger.mergeAll(table);
    }

    /** Drops the segments whose rows are all older than the table keeps them; returns how many. Blocks. */
    public int retire(ShardedTable table) {
        return retention.apply(table);
    }

    /**
     * The bytes of a segment of a table, by the name of its file, until closed; empty if there is none. Blocks.
     *
     * @throws StoreException CORRUPT_SEGMENT if it is known to be damaged; OBJECTS_UNAVAILABLE if it is out of reach
     */
    public Optional<SegmentContent> content(ShardedTable table, String name) {
        var segments = (TableSegments) table.retainArchived();
        try {
            return segments.newestFirst().stream()
                    .map(TableSegments.Entry::segment)
                    .filter(segment -> Maintenance.status(segment).name().equals(name))
                    .findAny()
                    .map(SegmentContent::of);
        } finally {
            segments.release();
        }
    }

    /** What is to become of the oldest rows of a table, and why. Blocks. */
    public ArchiveDecision explain(ShardedTable table) {
        return advisor.decide(table);
    }

    /** Writes what is in memory as segments and lets the commit log before go. Blocks. */
    public void checkpoint() {
        checkpointer.run();
    }

    /**
     * Has a checkpoint taken in the background, within a tick; false if one is under way already.
     *
     * @throws StoreException if the commit log has failed, so that none can be taken
     */
    public boolean askForCheckpoint() {
        log.requireWritable();
        return checkpointer.ask();
    }

    public CheckpointStatus checkpoints() {
        return checkpointer.status();
    }

    boolean checkpointDue() {
        return checkpointer.due();
    }

    // Keys of record tables

    /** Rows a record table has, archived ones included. */
    public long size(ShardedTable table) {
        return KeySpace.size(table);
    }

    /**
     * Visits some keys and returns the cursor to go on with, 0 at the end. A key that is there throughout is visited at
     * least once. Blocks if rows are archived.
     */
    public long scan(ShardedTable table, long cursor, int count, KeyVisitor visitor) {
        return keySpace.scan(table, cursor, count, visitor);
    }

    /** Visits a key picked by chance; false if there is none. Blocks if rows are archived. */
    public boolean randomKey(ShardedTable table, KeyVisitor visitor) {
        return keySpace.randomKey(table, visitor);
    }

    /** Removes all rows of a table, archived ones too; returns the LSN to await. Blocks if rows are archived. */
    public long flush(ShardedTable table) {
        log.requireWritable();
        return new Flusher(maintenance, keySpace).flush(table);
    }

    /** Verifies a data folder that no engine has open; empty if all is well. Blocks. */
    public static List<Fault> check(Disk disk) {
        return report(disk).faults();
    }

    /** The same with what was looked at. Blocks. */
    public static CheckReport report(Disk disk) {
        return report(disk, Optional.empty());
    }

    /** The same, and the objects of segments that are not in the folder. Blocks. */
    public static CheckReport report(Disk disk, Optional<ObjectStore> store) {
        return new FolderCheck(disk, store).run();
    }

    /**
     * Stops background work, writes what is pending and lets go of the folder. Blocks.
     *
     * @throws StoreException LOG_FAILED if what is pending could not be written; all else is closed all the same
     */
    @Override
    public void close() {
        pace.hurry();
        merger.stop();
        upkeep.close();
        transfers.ifPresent(TransferLoop::close);
        lifecycle.close();
        workers.close();
        maintenance.turn().lock(); // after a checkpoint or archive that is under way
        try {
            log.close();
        } finally {
            pace.close();
            holdings.close();
            maintenance.turn().unlock();
            FolderLock.release(folderLock);
        }
    }
}
