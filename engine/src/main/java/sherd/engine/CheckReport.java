package sherd.engine;

import java.util.List;
import sherd.engine.error.Fault;

/**
 * What a check of a data folder found.
 *
 * @param notes remarks on what is no fault, such as files that a crash left over
 * @param files looked at
 * @param bytes of these files
 * @param rows in segments, each read
 * @param remote segments in object storage, which were not looked at
 */
public record CheckReport(List<Fault> faults, List<Fault> notes, long files, long bytes, long rows, long remote) {
    public CheckReport {
        faults = List.copyOf(faults);
        notes = List.copyOf(notes);
    }
}
