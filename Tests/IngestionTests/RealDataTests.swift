import ColumnStore
import Glibc
import Ingestion
import Testing

/// The public data sets beside the repository, where they are.
struct RealDataTests {
  static let folder: String? = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let given = getenv("DAYBOOK_SHARED_DATA").map { String(cString: $0) }
    let folder = given ?? "/\(root)/../shared/data"
    return access("\(folder)/README.md", R_OK) == 0 ? folder : nil
  }()

  private func load(
    _ names: String..., options: LoadOptions = LoadOptions()
  ) throws -> (LoadReport, Table) {
    let store = Store()
    let folder = try #require(Self.folder)
    let report = try Loader(store: store, options: options).load(
      names.map { .path("\(folder)/\($0)") }, into: "t")
    return (report, try #require(store.catalog().tables["t"]))
  }

  private func types(_ report: LoadReport) -> [String] {
    report.columns.map { "\($0.name) \($0.type.sqlName) \($0.nulls)" }
  }

  @Test(.enabled(if: RealDataTests.folder != nil, "the data sets are not beside the repository"))
  func `Online Retail loads with 541,909 rows on 305 days`() throws {
    let (report, table) = try load("online-retail.csv.gz")
    #expect(report.rows == 541_909)
    #expect(table.rowCount == 541_909)
    #expect(table.partitions.count == 305)
    #expect(report.timeColumn == "InvoiceDate")
    #expect(
      types(report) == [
        "InvoiceNo text 0", "StockCode text 0", "Description text 1454", "Quantity bigint 0",
        "InvoiceDate timestamp 0", "UnitPrice double precision 0",
        "CustomerID double precision 135080", "Country text 0",
      ])
  }

  @Test(.enabled(if: RealDataTests.folder != nil, "the data sets are not beside the repository"))
  func `agent telemetry loads with 181,406 rows, some without a time`() throws {
    let (report, table) = try load("agent-telemetry-events.csv.gz")
    #expect(report.rows == 181_406)
    // 26 days and the rows without a time.
    #expect(table.partitions.count == 27)
    #expect(report.timeColumn == "timestamp")
    #expect(report.columns.first { $0.name == "timestamp" }?.nulls == 27_006)
    #expect(report.columns.first { $0.name == "stop_reason" }?.nulls == 127_611)
  }

  @Test(.enabled(if: RealDataTests.folder != nil, "the data sets are not beside the repository"))
  func `HTTP probes load with 35,903 rows on 1,788 days`() throws {
    let (report, table) = try load("http-probes.csv.gz")
    #expect(report.rows == 35_903)
    #expect(table.partitions.count == 1788)
    #expect(report.timeColumn == "committed_at")
  }

  @Test(.enabled(if: RealDataTests.folder != nil, "the data sets are not beside the repository"))
  func `Math Overflow loads with 506,550 rows, one event type per file`() throws {
    let store = Store()
    let folder = try #require(Self.folder)
    for event in ["a2q", "c2q", "c2a"] {
      var options = LoadOptions()
      options.columns = ["src", "dst", "ts"]
      options.timeColumn = "ts"
      options.constants = [("event", event)]
      let report = try Loader(store: store, options: options).load(
        [.path("\(folder)/sx-mathoverflow-\(event).txt.gz")], into: "t")
      #expect(report.notes == ["column 'ts' counts seconds since 1970-01-01 UTC"])
    }
    let table = try #require(store.catalog().tables["t"])
    #expect(table.rowCount == 506_550)
    #expect(table.partitions.count == 2350)
  }
}
