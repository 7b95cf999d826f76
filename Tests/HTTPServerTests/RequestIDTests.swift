import HTTPServer
import Testing

@Test func `an id of a request is 32 hexadecimal digits`() {
  var random = SystemRandomNumberGenerator()
  let id = RequestID(using: &random).text
  #expect(id.utf8.count == 32)
  #expect(id.allSatisfy { $0.isHexDigit })
}
