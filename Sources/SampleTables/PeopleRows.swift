internal import ColumnStore
internal import SampleData

/// Who and what was there from the start: users, projects with their data sets, courses.
struct PeopleRows {
  let generator: SampleGenerator

  func users(_ schema: TableSchema) -> RowBatch {
    var rows = ThingRows(schema)
    let end = Int64(generator.date(ofDay: generator.options.days - 1).daysSinceEpoch) * 86_400_000
    for user in 0..<generator.userCount {
      var values: [String: Value] = [:]
      for (name, field) in zip(SampleGenerator.userColumns, generator.fields(ofUser: user)) {
        values[name] = field.map { .text($0) }
      }
      values["signed_up_at"] = generator.signupTime(ofUser: user).map { .timestamp($0) } ?? .null
      // Nobody looks at the columns of files who looks at these.
      if values["role"] == .text("member") { values["role"] = .text("user") }
      if case .text(let domain) = values["domain"], case .text(let name) = values["user_id"] {
        values["email"] = .text("\(name)@\(domain)")
      }
      values["full_name"] = .text(Self.name(of: user))
      values["updated_at"] = .timestamp(end)
      rows.append(values)
    }
    return rows.batch
  }

  func resources(_ schema: TableSchema) -> RowBatch {
    var rows = ThingRows(schema)
    let start = Int64(generator.date(ofDay: 0).daysSinceEpoch) * 86_400_000
    for organization in 0..<generator.organizationCount {
      let name = SampleGenerator.organizationIdentifier(organization)
      let owner = SampleGenerator.userIdentifier(organization)
      for project in generator.projects(ofOrganization: organization) {
        let identifier = SampleGenerator.projectIdentifier(project)
        let created = start - Int64(1 + project % 300) * 86_400_000
        let common: [String: Value] = [
          "organization_id": .text(name), "user_id": .text(owner), "created_by": .text(owner),
          "project_id": .text(identifier), "created_at": .timestamp(created),
        ]
        rows.append(
          common.merging([
            "resource_type": .text(ResourceKind.project.rawValue),
            "resource_id": .text(identifier), "name": .text("project \(project + 1)"),
            "visibility": .text("organization"), "is_shared": .boolean(true),
            "member_count": .integer(Int64(2 + project % SampleTeam.largest)),
          ]) { $1 })
        let digits = String(project, radix: 36)
        rows.append(
          common.merging([
            "resource_type": .text(ResourceKind.dataset.rawValue),
            "resource_id": .text("d-" + String(repeating: "0", count: 8 - digits.count) + digits),
            "name": .text("data of project \(project + 1)"),
            "visibility": .text(project % 3 == 0 ? "organization" : "private"),
            "is_shared": .boolean(project % 3 == 0),
          ]) { $1 })
      }
    }
    for course in SampleLesson.courses {
      let lessons = SampleLesson.all.filter { $0.course == course }
      rows.append([
        "resource_type": .text("course"), "resource_id": .text(course), "name": .text(course),
        "visibility": .text("public"), "item_count": .integer(Int64(lessons.count)),
        "created_at": .timestamp(start - 200 * 86_400_000),
      ])
    }
    return rows.batch
  }

  private enum SampleTeam {
    static let largest = 7
  }

  private static func name(of user: Int) -> String {
    let first = [
      "Alex", "Bo", "Chris", "Dana", "Eli", "Finn", "Gray", "Harper", "Indra", "Jo", "Kim", "Lou",
      "Mika", "Noor", "Ola", "Pat", "Quinn", "Robin", "Sam", "Toni",
    ]
    let last = [
      "Abel", "Berg", "Castro", "Dahl", "Evans", "Fuchs", "Garcia", "Holm", "Ito", "Jansen", "Khan",
      "Lang", "Moreau", "Novak", "Okafor", "Patel", "Quist", "Rossi", "Silva", "Tan", "Ueda",
    ]
    return "\(first[user % first.count]) \(last[user / first.count % last.count])"
  }
}
