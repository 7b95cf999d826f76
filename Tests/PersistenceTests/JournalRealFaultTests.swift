import Glibc
import Persistence
import Testing

/// Faults of this machine rather than of a simulated one.
@Suite struct `A journal on a disk of this machine that is full` {
  /// Appends until it is refused, then opens the journal again with room, which has to hold what was
  /// acknowledged. Returns why not; `nil` if all is well.
  private static func problem(in folder: String, makeRoom: () -> Void) -> String? {
    do throws(PersistenceError) {
      var acknowledged = 0
      var refusal: PersistenceError?
      let (journal, _) = try Journal.open(folder) { _, _ in }
      while refusal == nil, acknowledged < 10_000 {
        do throws(PersistenceError) {
          try journal.append(JournalHarness.record(acknowledged))
          acknowledged += 1
        } catch {
          refusal = error
        }
      }
      guard case .journalStopped = refusal, acknowledged > 10 else {
        return "\(acknowledged) records, then \(refusal.map { "\($0)" } ?? "nothing")"
      }
      guard case .stopped(.system(let failure)) = journal.status,
        failure.code == EFBIG || failure.code == ENOSPC
      else { return "\(journal.status)" }
      makeRoom()
      // The first one holds the lock until it is gone.
      _ = try? journal.close()
      var records: [[UInt8]] = []
      let again = try Journal.open(folder) { (_, record) throws(PersistenceError) in
        records.append(record)
      }
      guard records.starts(with: JournalHarness.records(0..<acknowledged)),
        records.count <= acknowledged + 1
      else { return "\(records.count) records of \(acknowledged)" }
      try again.journal.append([1])
      try again.journal.close()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `by a limit on the size of files keeps what was acknowledged`() async {
    // In a process of its own: the limit is the process's.
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      let folder = try TemporaryFolder()
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let most = limit
      limit.rlim_cur = 10_000
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let problem = Self.problem(in: folder.path + "/journal") {
        var most = most
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &most)
      }
      #expect(problem == nil)
      if problem != nil { exit(1) }
    }
  }

  @Test(
    .enabled(if: geteuid() == 0, "only root may mount a file system of its own"))
  func `by a full file system keeps what was acknowledged`() throws {
    let folder = try TemporaryFolder()
    try #require(mkdir(folder.path + "/disk", 0o777) == 0)
    guard mount("tmpfs", folder.path + "/disk", "tmpfs", 0, "size=64k") == 0 else {
      // Root of a container without the right to mount.
      print("not run: mount: \(String(cString: strerror(errno)))")
      return
    }
    defer { umount2(folder.path + "/disk", Int32(MNT_DETACH)) }
    let problem = Self.problem(in: folder.path + "/disk/journal") {
      mount("tmpfs", folder.path + "/disk", "tmpfs", UInt(MS_REMOUNT), "size=1m")
    }
    #expect(problem == nil)
  }
}
