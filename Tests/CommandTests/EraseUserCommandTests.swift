import ColumnStore
import Engine
import Persistence
import QueryLanguage
import Testing

@Suite struct `The command erase-user` {
  /// A folder with rows of three people, a snapshot, and a journal.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "visits.csv",
      """
      ts,user_id,email
      2024-01-01 10:00:00,u_anna77,anna@example.org
      2024-01-01 11:00:00,u_bob,bob@example.org
      2024-01-02 10:00:00,u_anna77,anna@example.org

      """)
    for arguments in [
      ["load", file, "--into", "visits"], ["query", "CREATE TABLE log (actor text)"],
      ["query", "INSERT INTO log VALUES ('u_anna77'), ('u_bob')"], ["query", "CHECKPOINT"],
      ["query", "INSERT INTO visits VALUES ('2024-01-03', 'u_anna77', 'new@example.org')"],
    ] {
      let command = try Command(arguments + ["--data", folder.path + "/data"])
      try #require(command.status == 0, "\(command.errors)")
    }
    return folder
  }

  private func count(_ folder: TemporaryFolder) throws -> String {
    try Command([
      "query", "SELECT count(*) FROM visits", "--format", "csv", "--data", folder.path + "/data",
    ]).output
  }

  @Test func `says what it would do, asks, and does it`() throws {
    let folder = try folder()
    let data = ["--data", folder.path + "/data"]
    let plan = try Command(["erase-user", "u_anna77", "--dry-run"] + data)
    #expect(plan.status == 0)
    #expect(
      plan.output == """
        visits: 3 rows would go; 3 partitions written anew
        texts that no other row has: 3
        snapshots that would go: 0000000001
        note: 1 row of log.actor would still name this user: --column or --replace log.actor
        nothing was changed

        """)
    let unasked = try Command(["erase-user", "u_anna77"] + data)
    #expect(unasked.status == 1)
    #expect(
      unasked.errors == "error: nothing was changed\nhint: --yes erases without asking\n")
    #expect(try count(folder).contains("4"))
    let done = try Command(
      ["erase-user", "-", "--replace", "log.actor", "--yes"] + data, input: "u_anna77\n")
    #expect(done.status == 0, "\(done.errors)")
    #expect(done.output.contains("log: 0 rows gone, 1 row with 'erased' instead;"))
    #expect(done.output.contains("snapshots removed: 0000000001\n"))
    #expect(done.output.contains("after decompression: found 0 times\nreceipt: "))
    #expect(!done.output.contains("anna"))
    #expect(try count(folder).contains("1"))
    let log = try Command(["query", "SELECT actor FROM log", "--format", "csv"] + data)
    #expect(log.output.contains("erased") && log.output.contains("u_bob"))
    let again = try Command(["erase-user", "u_anna77", "--yes"] + data)
    #expect(again.status == 1)
    #expect(
      again.errors
        == "error: no row, text, snapshot or record names this user: nothing was changed\n")
    #expect(try Command(["snapshot", "verify", "--all"] + data).status == 0)
  }

  @Test func `takes the user out of a folder of weekly reports, who may be in nothing else`() throws
  {
    let folder = try folder()
    let data = ["--data", folder.path + "/data"]
    for name in ["reports", "reports/2026-W02", "reports/2026-W02/acme"] {
      try DiskEnvironment.real.files.makeFolder(folder.path + "/" + name)
    }
    let list = "{\"user_id\":\"u_anna77\"}\n{\"user_id\":\"u_past\"}\n"
    _ = try folder.write("reports/2026-W02/acme/users.ndjson", list)
    let reports = ["--reports", folder.path + "/reports"]
    let nowhere = try Command(
      ["erase-user", "u_anna77", "--reports", folder.path + "/x", "--yes"] + data)
    #expect(nowhere.status == 1 && nowhere.errors.contains("there is no folder"))
    let plan = try Command(["erase-user", "u_past", "--dry-run"] + reports + data)
    #expect(
      plan.output == """
        the tables do not have this user, and neither have older files
        weekly reports: this user would go from 1 file
        nothing was changed

        """, "\(plan.errors)")
    let past = try Command(["erase-user", "u_past", "--yes"] + reports + data)
    #expect(past.status == 0 && past.output.hasSuffix("this user gone from 1 file\n"))
    let anna = try Command(["erase-user", "u_anna77", "--yes"] + reports + data)
    #expect(anna.status == 0 && anna.output.hasSuffix("this user gone from 1 file\n"))
    #expect(try count(folder).contains("1"))
    let again = try Command(["erase-user", "u_past", "--yes"] + reports + data)
    #expect(again.status == 1 && again.errors.contains("nothing was changed"))
  }

  @Test func `says what is wrong with its arguments`() throws {
    let folder = try folder()
    let data = ["--data", folder.path + "/data"]
    for wrong in [["--column", "x"], ["--replace", "log."], ["--dry-run", "--yes"]] {
      #expect(try Command(["erase-user", "u_bob"] + wrong + data).status == 64)
    }
    let unknown = try Command(["erase-user", "u_bob", "--column", "visits.who", "--yes"] + data)
    #expect(unknown.status == 1)
    #expect(unknown.errors == "error: table 'visits' has no column 'who'\n")
    let nowhere = try Command(["erase-user", "u_bob", "--yes", "--data", folder.path + "/x"])
    #expect(nowhere.status == 1)
    #expect(nowhere.errors.contains("there are no tables in"))
    #expect(try Command(["erase-user", "-", "--yes"] + data).status == 1)
  }

  @Test func `ends sessions that look at a snapshot which is gone`() throws {
    let folder = try folder()
    let path = folder.path + "/data"
    let database = try Database(path)
    let engine = Engine(
      store: database.store,
      history: SnapshotHistory(SnapshotStore(path + "/snapshots", threads: 1)))
    var session = Session()
    _ = try engine.execute("SET as_of = '1'", in: &session)
    #expect(try engine.execute("SELECT count(*) FROM visits", in: &session).rows == [[.integer(3)]])
    let receipt = try engine.erase(
      Erasure(identity: "u_anna77", columns: database.store.catalog().userColumns), from: database)
    #expect(receipt.removedSnapshots.count == 1)
    do throws(QueryError) {
      _ = try engine.execute("SELECT count(*) FROM visits", in: &session)
      Issue.record("it is gone")
    } catch {
      #expect(error.code == .undefinedObject)
      #expect(error.message.contains("there is no snapshot"))
      #expect(error.hint != nil)
    }
    _ = try engine.execute("SET as_of = DEFAULT", in: &session)
    #expect(try engine.execute("SELECT count(*) FROM visits", in: &session).rows == [[.integer(1)]])
    try database.close()
  }
}
