internal import CMaxMindDB
internal import Glibc

/// Countries of IP addresses, by a database in MaxMind's format that whoever runs the service supplies.
///
/// Sound to share because the file is mapped read-only, and lookups change nothing.
public final class CountryDatabase: @unchecked Sendable {
  private let database: UnsafeMutablePointer<MMDB_s>

  public struct OpeningError: Error, Equatable, Sendable, CustomStringConvertible {
    public var path: String
    public var reason: String
    public var description: String { "\(path): \(reason)" }
  }

  public init(path: String) throws(OpeningError) {
    let opened = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
    opened.initialize(to: MMDB_s())
    let status = MMDB_open(path, UInt32(MMDB_MODE_MMAP), opened)
    guard status == MMDB_SUCCESS else {
      opened.deallocate()
      throw OpeningError(
        path: path, reason: MMDB_strerror(status).map { String(cString: $0) } ?? "cannot be opened")
    }
    database = opened
  }

  deinit {
    MMDB_close(database)
    database.deallocate()
  }

  /// ISO 3166-1; `nil` for private addresses and those that the database does not know.
  public func country(of address: NetworkAddress) -> String? {
    guard !address.isPrivate else { return nil }
    var found: MMDB_lookup_result_s
    var problem: Int32 = 0
    if address.bytes.count == 4 {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      withUnsafeMutableBytes(of: &name.sin_addr) { $0.copyBytes(from: address.bytes) }
      found = withUnsafePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          MMDB_lookup_sockaddr(database, $0, &problem)
        }
      }
    } else {
      var name = sockaddr_in6()
      name.sin6_family = sa_family_t(AF_INET6)
      withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: address.bytes) }
      found = withUnsafePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          MMDB_lookup_sockaddr(database, $0, &problem)
        }
      }
    }
    guard problem == MMDB_SUCCESS, found.found_entry else { return nil }
    return text(&found.entry, ["country", "iso_code"]) ?? text(&found.entry, ["country_code"])
  }

  private func text(_ entry: inout MMDB_entry_s, _ path: [String]) -> String? {
    var data = MMDB_entry_data_s()
    let names = path.map { strdup($0) }
    defer { for name in names { free(name) } }
    var pointers: [UnsafePointer<CChar>?] = names.map { UnsafePointer($0) } + [nil]
    let status = MMDB_aget_value(&entry, &data, &pointers)
    guard status == MMDB_SUCCESS, data.has_data, data.type == UInt32(MMDB_DATA_TYPE_UTF8_STRING),
      data.data_size == 2, let bytes = data.utf8_string
    else { return nil }
    return bytes.withMemoryRebound(to: UInt8.self, capacity: 2) {
      String(decoding: UnsafeBufferPointer(start: $0, count: 2), as: UTF8.self)
    }
  }
}
