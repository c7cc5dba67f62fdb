package sherd.server.net;

import sherd.engine.disk.DiskLimits;

/** What each door has of the sockets that the system lets this process have open beside its files. */
public final class OpenFiles {
    private static final int HTTP_SHARE = 5;

    private OpenFiles() {}

    public static int forResp() {
        int all = DiskLimits.ofSystem().connections();
        return all - all / HTTP_SHARE;
    }

    public static int forHttp() {
        return DiskLimits.ofSystem().connections() / HTTP_SHARE;
    }
}
