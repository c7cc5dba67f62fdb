package sherd.server.http;

/** Where a request came from and its response goes: a connection of HTTP/1.1 or one stream of HTTP/2. */
interface ReplyPath {
    HttpDoor door();

    LoopState loop();

    /** Who counts as the reader of rows: the client by its host. */
    int reader();

    /** What the request waited for has come; on the loop. */
    void resumed();

    /** What can be done for the request now has been. */
    void paused();

    /** Sends the one response of an exchange, or drops it if nobody waits for it any more; on the loop. */
    void reply(Exchange exchange, Response response);

    /** Whether it is known that nobody waits for the response any more; any thread. */
    boolean abandoned();
}
