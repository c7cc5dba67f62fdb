package sherd.server.resp;

import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sherd.engine.Engine;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.Session;
import sherd.server.net.GatheredFlushes;
import sherd.server.net.LoopWork;
import sherd.server.observe.Stage;
import sherd.server.observe.StageClock;

/**
 * What one I/O thread needs to execute commands: its session and its reused buffers.
 *
 * <p>Each command is a unit of work: its shards are locked, it runs, and what it changed is one entry of the commit
 * log. Commands of one key, by far the most, come in runs: their keys are looked up together before the first is
 * executed, a shard stays locked as long as the next key is in it, and the replies of a turn wait for the log once.
 */
final class RespLoop implements AutoCloseable {
    static final int MAX_KEY = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(RespLoop.class);

    private final RespDoor door;
    private final Engine engine;
    private final Session session;
    private final RandomGenerator random;
    private final Reply reply;
    private final Reply spare;
    private final Region scratch;
    private final Region lines;
    private final Batch batch = new Batch();
    private final Batch queued = new Batch();
    private final Call call;
    private final SetOptions setOptions = new SetOptions();
    private final LoopWork work = LoopWork.ofThisThread();
    private final GatheredFlushes flushes = GatheredFlushes.ofThisThread();
    private final StageClock clock;
    private final LoopFigures figures;

    private @Nullable ScriptRunner scripts;

    private int[] ends = new int[256];
    private boolean[] wrote = new boolean[256];
    private int replies;
    private long lsn;
    /** Whether one of the decoded commands may have a large value. */
    private boolean large;
    /** Whether the command that runs may answer with bytes where they lie. */
    private boolean lends;
    /** Whether one has. */
    private boolean lent;

    RespLoop(RespDoor door, RandomGenerator random) {
        this.door = door;
        this.random = random;
        engine = door.engine();
        var budget = engine.memory();
        session = engine.session();
        reply = new Reply(budget);
        spare = new Reply(budget);
        scratch = new Region(budget, MemoryBudget.Purpose.NETWORK, 1024);
        lines = new Region(budget, MemoryBudget.Purpose.NETWORK, Decoder.MAX_LINE + 64);
        call = new Call(this, session, reply, batch);
        clock = door.stages().newClock("resp");
        figures = new LoopFigures(door.table());
    }

    RespDoor door() {
        return door;
    }

    Engine engine() {
        return engine;
    }

    RandomGenerator random() {
        return random;
    }

    LoopWork work() {
        return work;
    }

    GatheredFlushes flushes() {
        return flushes;
    }

    StageClock clock() {
        return clock;
    }

    LoopFigures figures() {
        return figures;
    }

    Batch batch() {
        return batch;
    }

    /** The commands of the transaction being executed. */
    Batch queued() {
        return queued;
    }

    Reply reply() {
        return reply;
    }

    SetOptions setOptions() {
        return setOptions;
    }

    ScriptRunner scripts() {
        if (scripts == null) {
            scripts = new ScriptRunner(this);
        }
        return scripts;
    }

    /** Where unquoted words of a typed line go. */
    Region lines() {
        return lines;
    }

    /** Memory for a value being built; good until the next call. */
    long scratch(int bytes) {
        scratch.ensure(bytes);
        return scratch.address();
    }

    // a turn: some commands of one connection, and the replies to them

    void beginTurn(Connection connection) {
        reply.clear();
        reply.protocol(connection.protocol());
        session.readBy(connection.info().reader());
        lent = false;
        replies = 0;
        lsn = 0;
    }

    /** The place in the commit log that the replies of this turn wait for. */
    long turnLsn() {
        return lsn;
    }

    int turnReplies() {
        return replies;
    }

    int[] turnEnds() {
        return Arrays.copyOf(ends, replies);
    }

    boolean[] turnWrites() {
        return Arrays.copyOf(wrote, replies);
    }

    /** Replies of this turn wait for this place in the log too. */
    void waitFor(long place) {
        lsn = Math.max(lsn, place);
    }

    /**
     * Executes the decoded commands in order; returns how many: fewer when the connection was suspended or closes.
     *
     * @param bytes of all of them
     */
    int run(Connection connection, int bytes) {
        large = bytes >= LargeSet.FROM;
        var set = connection.set();
        if (set != null) {
            session.stage(set.value(), LargeSet.source(batch));
        }
        int executed = execute(connection);
        if (set != null) {
            session.stage(null, 0);
        }
        figures.count(batch, 0, executed);
        return executed;
    }

    private int execute(Connection connection) {
        int at = 0;
        if (connection.transaction().open()) {
            batch.unplace();
        }
        while (at < batch.size() && connection.runs()) {
            int to = endOfRun(connection, at);
            int done;
            if (to > at) {
                done = keyed(connection, at, to);
            } else if (!connection.transaction().open() && ManyKeys.is(batch, at)) {
                connection.beginParts();
                return at;
            } else if (!connection.transaction().open() && unprepared(connection, at)) {
                if (!mustWaitForLog(connection, at)) {
                    connection.beginParts();
                }
                return at;
            } else {
                flushes.flush(); // a script, say, may take seconds
                to = at + 1;
                done = alone(connection, at) ? executeAlone(connection, at) : unit(connection, at);
            }
            if (done < to) {
                return done;
            }
            at = to;
        }
        return at;
    }

    private boolean alone(Connection connection, int command) {
        var spec = batch.spec(command);
        return connection.transaction().open() || (spec != null && spec.alone());
    }

    /** Names the keys of the commands from there on as long as each has just one; returns the first that is not so. */
    private int endOfRun(Connection connection, int from) {
        session.beginRun();
        if (connection.transaction().open()) {
            return from;
        }
        int at = from;
        while (at < batch.size() && !unprepared(connection, at) && expect(at)) {
            at++;
        }
        clock.lap(Stage.ROUTE);
        return at;
    }

    /** Whether a command has a large value for which nothing was done yet. */
    private boolean unprepared(Connection connection, int command) {
        return large && (command > 0 || connection.set() == null) && LargeSet.is(batch, command);
    }

    private boolean expect(int command) {
        var spec = batch.spec(command);
        if (spec == null || !spec.single(batch.count(command))) {
            return false;
        }
        int length = batch.length(command, spec.firstKey());
        return length <= MAX_KEY && session.expect(batch.address(command, spec.firstKey()), length);
    }

    /** Executes commands of one key each; returns the index of the first one not executed. */
    private int keyed(Connection connection, int from, int to) {
        if (to - from > 1) {
            session.touch();
        }
        var coldFailure = connection.takeColdFailure();
        if (clock.running()) {
            return keyedTimed(connection, from, to, coldFailure);
        }
        try {
            for (int i = from; i < to; i++) {
                if (!keyed(connection, from, i, coldFailure)) {
                    return i;
                }
                if (lent) {
                    return i + 1;
                }
                coldFailure = null;
            }
            return to;
        } finally {
            session.endRun();
        }
    }

    /** The same, with each shard locked beforehand, so that the wait can be told from the rest. */
    private int keyedTimed(Connection connection, int from, int to, @Nullable StoreException coldFailure) {
        var failure = coldFailure;
        try {
            for (int i = from; i < to; i++) {
                clock.lap(Stage.EXECUTE);
                if (session.hold(i - from)) {
                    clock.lap(Stage.LOCK_WAIT);
                }
                if (!keyed(connection, from, i, failure)) {
                    return i;
                }
                if (lent) {
                    return i + 1;
                }
                failure = null;
            }
            return to;
        } finally {
            session.endRun();
        }
    }

    private boolean keyed(Connection connection, int from, int command, @Nullable StoreException coldFailure) {
        var spec = Objects.requireNonNull(batch.spec(command));
        if (spec.write() && engine.log().congested(batch.bytes(command))) {
            connection.suspendUntilLogHasRoom(batch.bytes(command));
            return false;
        }
        int key = spec.firstKey();
        try {
            if (!session.enter(command - from, batch.address(command, key), batch.length(command, key))) {
                if (coldFailure == null) {
                    connection.suspendUntilWarm(session);
                    return false;
                }
                refuse(coldFailure);
                return true;
            }
        } catch (StoreException e) {
            refuse(e);
            return true;
        }
        int before = replies;
        lends = true;
        try {
            execute(connection, command);
        } finally {
            lends = false;
            commit(before);
        }
        return true;
    }

    /**
     * Answers with bytes of the current string from where they lie, if there are many and the reply is no part of another;
     * false if it does not. Then the connection executes no more until they are out.
     */
    boolean lend(Call of, long address, int length) {
        var bytes = lends && length >= LargeReply.FROM ? session.lend(address, length) : null;
        if (bytes == null) {
            return false;
        }
        reply.bulkHeader(length);
        of.connection().lend(bytes);
        lent = true;
        return true;
    }

    /** Executes a command of no key or many, as one unit; returns the index of the first one not executed. */
    private int unit(Connection connection, int command) {
        if (mustWaitForLog(connection, command)) {
            return command;
        }
        var coldFailure = connection.takeColdFailure();
        session.begin();
        try {
            boolean keys = addKeys(batch, command, command + 1);
            clock.lap(Stage.ROUTE);
            boolean locked = !keys || session.lock();
            clock.lap(Stage.LOCK_WAIT);
            if (!locked) {
                if (coldFailure == null) {
                    connection.suspendUntilWarm(session);
                    return command;
                }
                refuse(coldFailure);
                return command + 1;
            }
        } catch (StoreException e) {
            refuse(e);
            return command + 1;
        }
        int before = replies;
        try {
            execute(connection, command);
        } finally {
            commit(before);
        }
        return command + 1;
    }

    private int executeAlone(Connection connection, int command) {
        if (mustWaitForLog(connection, command)) {
            return command;
        }
        execute(connection, command);
        return connection.suspended() ? command : command + 1;
    }

    private boolean mustWaitForLog(Connection connection, int command) {
        var spec = batch.spec(command);
        if (spec == null || !spec.write() || !engine.log().congested(batch.bytes(command))) {
            return false;
        }
        connection.suspendUntilLogHasRoom(batch.bytes(command));
        return true;
    }

    private void refuse(StoreException e) {
        reply.error(ErrorReplies.of(e));
        mark(false);
    }

    /** Names the keys of commands to the session; false when there are none. */
    boolean addKeys(Batch commands, int from, int to) {
        boolean any = false;
        for (int i = from; i < to; i++) {
            var spec = commands.spec(i);
            int words = commands.count(i);
            if (spec == null || spec.firstKey() == 0 || !spec.acceptsCount(words)) {
                continue;
            }
            int last = commands.lastKey(i);
            for (int word = spec.firstKey(); word <= last; word += spec.keyStep()) {
                int length = commands.length(i, word);
                if (length > MAX_KEY) {
                    throw new StoreException(
                            ErrorCode.TOO_LARGE,
                            "key is too long: bytes=" + length + " limit=" + MAX_KEY + "; use shorter keys");
                }
                session.addKey(commands.address(i, word), length);
                any = true;
            }
        }
        return any;
    }

    /** Ends a unit of work; when its changes cannot be logged, the replies since {@code before} say so. */
    void commit(int before) {
        if (!session.locked()) {
            return;
        }
        try {
            waitFor(clock.running() ? commitTimed() : session.commit());
        } catch (StoreException e) {
            LOG.debug("changes could not be logged", e); // the engine has said so already
            replaceWrites(before, ErrorReplies.of(e));
        }
    }

    private long commitTimed() {
        if (!session.changed()) {
            return session.commit();
        }
        clock.lap(Stage.EXECUTE);
        try {
            return session.commit();
        } finally {
            clock.lap(Stage.LOG);
        }
    }

    private void execute(Connection connection, int index) {
        var spec = batch.spec(index);
        int size = reply.size();
        call.set(connection, batch, index);
        if (connection.transaction().open()) {
            connection.transaction().offer(call, spec);
        } else if (spec == null) {
            reply.error(AbsentCommands.unknown(call));
        } else if (!spec.acceptsCount(call.count())) {
            call.wrongCount();
        } else {
            invoke(spec);
        }
        if (reply.size() > size) {
            mark(spec != null && spec.write());
        }
    }

    void invoke(CommandSpec spec) {
        invoke(spec, call);
    }

    /** Runs a handler; whatever goes wrong in it becomes an error reply. */
    static void invoke(CommandSpec spec, Call call) {
        int size = call.reply.size();
        try {
            spec.handler().run(call);
        } catch (StoreException e) {
            if (ErrorReplies.notable(e)) {
                LOG.error("command failed: command={}", spec.name(), e);
            }
            fail(call.reply, size, ErrorReplies.of(e));
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            LOG.error("command failed: command={}", spec.name(), e);
            fail(call.reply, size, ErrorReplies.INTERNAL);
        }
    }

    private static void fail(Reply reply, int size, String error) {
        reply.truncate(size);
        reply.error(error);
    }

    /** Records the reply just written. */
    void mark(boolean write) {
        if (replies == ends.length) {
            ends = Arrays.copyOf(ends, replies * 2);
            wrote = Arrays.copyOf(wrote, replies * 2);
        }
        ends[replies] = reply.size();
        wrote[replies++] = write;
    }

    /** Executes one command of a transaction. */
    void executeQueued(Connection connection, int index) {
        call.set(connection, queued, index);
        var spec = queued.spec(index);
        if (spec != null) {
            invoke(spec);
        }
    }

    void restoreCall(Connection connection, int index) {
        call.set(connection, batch, index);
    }

    private void replaceWrites(int from, String error) {
        int start = from == 0 ? 0 : ends[from - 1];
        spare.clear();
        spare.raw(reply.address() + start, reply.size() - start);
        reply.truncate(start);
        int at = start;
        for (int i = from; i < replies; i++) {
            copyOrReplace(spare.address() + at - start, ends[i] - at, wrote[i], error, reply);
            at = ends[i];
            ends[i] = reply.size();
        }
        spare.clear();
    }

    /** Rebuilds replies whose writes are in doubt. */
    static void doubt(long source, int[] ends, boolean[] wrote, String error, Reply target) {
        int at = 0;
        for (int i = 0; i < ends.length; i++) {
            copyOrReplace(source + at, ends[i] - at, wrote[i], error, target);
            at = ends[i];
        }
    }

    private static void copyOrReplace(long source, int length, boolean write, String error, Reply target) {
        if (write && OffHeap.getByte(source) != '-') {
            target.error(error);
        } else {
            target.raw(source, length);
        }
    }

    Session session() {
        return session;
    }

    @Override
    public void close() {
        batch.clear();
        session.close();
        reply.close();
        spare.close();
        scratch.close();
        lines.close();
        if (scripts != null) {
            scripts.close();
        }
    }
}
