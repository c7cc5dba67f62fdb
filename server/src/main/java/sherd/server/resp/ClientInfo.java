package sherd.server.resp;

import sherd.engine.lifecycle.Readers;
import sherd.server.net.EventLoops;

/** What CLIENT LIST tells of a connection. Written by its I/O thread, read by any. */
final class ClientInfo {
    private final long id;
    private final String address;
    private final String localAddress;
    private final long connectedAt;
    private volatile String name = "";
    private volatile int reader;
    private volatile String library = "";
    private volatile String libraryVersion = "";
    private volatile String lastCommand = "NULL";
    private volatile long lastActiveAt;
    private long receivedBytes;

    ClientInfo(long id, String address, String localAddress, long now) {
        this.id = id;
        this.address = address;
        this.localAddress = localAddress;
        this.connectedAt = now;
        this.lastActiveAt = now;
        this.reader = Readers.idOf(host());
    }

    long id() {
        return id;
    }

    String address() {
        return address;
    }

    String name() {
        return name;
    }

    void name(String value) {
        name = value;
        reader = Readers.idOf(value.isEmpty() ? host() : value);
    }

    /** Who counts as the reader of rows: the client by its name, without one by its host. */
    int reader() {
        return reader;
    }

    private String host() {
        return EventLoops.host(address);
    }

    void library(String value) {
        library = value;
    }

    void libraryVersion(String value) {
        libraryVersion = value;
    }

    void received(int bytes, long now) {
        receivedBytes += bytes;
        lastActiveAt = now;
    }

    void command(String value) {
        lastCommand = value;
    }

    /** One line in the form of Redis. */
    String line(Connection connection, long now) {
        return "id=" + id + " addr=" + address + " laddr=" + localAddress + " fd=-1 name=" + name + " age="
                + Math.max(0, (now - connectedAt) / 1000) + " idle=" + Math.max(0, (now - lastActiveAt) / 1000)
                + " flags=" + (connection.queuedCommands() >= 0 ? "x" : "N") + " db=0 sub=0 psub=0 ssub=0 multi="
                + connection.queuedCommands() + " qbuf=" + connection.inputBytes()
                + " qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=" + connection.owedBatches()
                + " omem=0 tot-mem=0 events=r cmd=" + lastCommand + " user=default redir=-1 resp="
                + connection.protocol() + " lib-name=" + library + " lib-ver=" + libraryVersion + " tot-net-in="
                + receivedBytes;
    }
}
