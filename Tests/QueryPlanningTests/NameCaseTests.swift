import QueryLanguage
import Testing

struct NameCaseTests {
  @Test(arguments: ["InvoiceNo", "invoiceno", "\"InvoiceNo\"", "i.INVOICENO"])
  func `a column whose name has capitals is found without quotes`(name: String) throws {
    #expect(try explained("SELECT \(name) FROM invoices i").contains("columns: InvoiceNo"))
  }

  @Test func `the exact name comes before one that differs in case`() throws {
    #expect(try explained("SELECT Paid FROM invoices").contains("columns: paid"))
    #expect(try explained("SELECT \"PAID\" FROM invoices").contains("columns: PAID"))
  }
}
