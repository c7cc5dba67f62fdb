package sherd.server.config;

/** How the I/O threads talk to the kernel about sockets. */
public enum Transport {
    /** Epoll where there is one, else NIO. */
    AUTO,
    /** A system call to learn which connections have something, one to read each, one to write each. */
    EPOLL,
    /** One system call for the reads and writes of all connections of a thread. */
    IO_URING,
    /** What the JDK has. */
    NIO
}
