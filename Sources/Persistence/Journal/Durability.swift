/// When a change is acknowledged, and so what may be lost of those that were.
///
/// None of them loses anything when only the process dies. After a loss of power, or a crash of the
/// operating system:
public enum Durability: String, Sendable, CaseIterable {
  /// Acknowledged once `fdatasync` returned, one for all changes that wait: nothing acknowledged is
  /// lost, as long as the disk keeps what it says it has written. The default.
  case fsync
  /// Acknowledged once written, synced every second: what was acknowledged in the last second, and
  /// while its sync took, may be lost.
  case everysec
  /// Acknowledged once written; the operating system writes when it likes, 30 seconds later and
  /// more. Synced only when a file of the journal is full, at checkpoints and at the end.
  case os
}
