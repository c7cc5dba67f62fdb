package sherd.engine;

/**
 * What a scan had to do.
 *
 * @param search what a search would count too
 * @param archivedRows shown from segments
 */
public record ScanStats(SearchStats search, long archivedRows) {}
