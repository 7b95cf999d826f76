internal import ColumnStore

extension BuiltInTable {
  static let users = BuiltInTable(
    "users", .things, key: ["user_id"],
    "People, with their attributes of now. Filters by role or domain use what is here, for old events too.",
    [
      BuiltInColumn("user_id", .text, "the person").labelled(.user).required,
      .organization,
      BuiltInColumn("role", .text, "`user`, `manager`, `admin`, ..."),
      BuiltInColumn("status", .text, "`active`, `invited`, `suspended`, ..."),
      BuiltInColumn("domain", .text, "the part of the mail address after the @"),
      BuiltInColumn("plan", .text, "what the organisation pays for"),
      .country,
      BuiltInColumn("signed_up_at", .timestamp, "when the person registered; null: invited only"),
      BuiltInColumn("email", .identifier, "mail address").labelled(.sealed),
      BuiltInColumn("full_name", .identifier, "the person's name").labelled(.sealed),
      BuiltInColumn("updated_at", .timestamp, "when the row was last changed"),
    ])

  static let sessions: BuiltInTable = {
    var table = BuiltInTable(
      "sessions", .things, key: ["session_id"],
      "Sessions from login to logout. Gaps under 300 seconds between activities are active time.",
      [
        BuiltInColumn("session_id", .text, "its name").required,
        .organization,
        .user("who signed in"),
        BuiltInColumn("token_hash", .identifier, "hash of the session's token; tokens are not kept")
          .labelled(.sealed),
        .userAgent, .address, .country,
        BuiltInColumn("device_type", .text, "`desktop`, `mobile` or `tablet`"),
        BuiltInColumn("browser", .text, "name and version"),
        BuiltInColumn("os", .text, "operating system"),
        BuiltInColumn("login_at", .timestamp, "when it began (UTC)"),
        BuiltInColumn("logout_at", .timestamp, "when it ended; null: open, or never ended"),
        BuiltInColumn("last_activity_at", .timestamp, "the last activity that is known"),
        BuiltInColumn("active_seconds", .integer, "time in gaps under 300 seconds"),
        BuiltInColumn("idle_seconds", .integer, "time in longer gaps"),
        BuiltInColumn("total_seconds", .integer, "from login to the last activity or the logout"),
        BuiltInColumn("api_calls", .integer, "calls of the API"),
        BuiltInColumn("page_views", .integer, "pages shown"),
        BuiltInColumn("requests", .integer, "requests to models"),
        BuiltInColumn("total_tokens", .integer, "tokens used"),
        BuiltInColumn("cost_usd", .double, "estimated cost, in whole micro-dollars"),
        BuiltInColumn("is_active", .boolean, "whether it is open"),
      ])
    return table
  }()

  static let threats = BuiltInTable(
    "threats", .things, key: ["threat_id"],
    "What looked like an attack, and whether somebody dealt with it.",
    [
      BuiltInColumn("threat_id", .text, "its name").required,
      BuiltInColumn("ts", .timestamp, "when it was seen (UTC)").required,
      .organization,
      .user("who was signed in; null: nobody"),
      BuiltInColumn(
        "threat_type", .text,
        """
        `rate_limit_violation`, `suspicious_content`, `invalid_authentication`, `malformed_request`, \
        `prompt_injection`, `custom`
        """
      ).required,
      BuiltInColumn("severity", .text, "`low`, `medium`, `high` or `critical`").required,
      BuiltInColumn("description", .identifier, "what was seen, in words").labelled(.freeText),
      .address, .country,
      BuiltInColumn("request_id", .identifier, "the request it came with"),
      BuiltInColumn("resolved", .boolean, "whether it was dealt with"),
      BuiltInColumn("resolved_at", .timestamp, "when it was dealt with"),
      BuiltInColumn("resolved_by", .text, "who dealt with it").namingOthers,
    ])

  static let resources = BuiltInTable(
    "resources", .things, key: ["resource_type", "resource_id"],
    "Projects, data sets, courses and the like: whose they are, so that an event without an organisation finds one.",
    [
      BuiltInColumn("resource_type", .text, "`project`, `dataset`, `experiment`, `course`, ...")
        .required,
      BuiltInColumn("resource_id", .text, "its name among those of its type").required,
      .organization,
      .user("who owns it"),
      BuiltInColumn("created_by", .text, "who made it").namingOthers,
      BuiltInColumn("project_id", .text, "the project it is part of"),
      BuiltInColumn("name", .text, "its title; names of files are hashed before"),
      BuiltInColumn("visibility", .text, "`private`, `organization` or `public`"),
      BuiltInColumn("is_shared", .boolean, "whether others than its owner use it"),
      BuiltInColumn("member_count", .integer, "people who take part"),
      BuiltInColumn("item_count", .integer, "images, runs, lessons: what it is made of"),
      BuiltInColumn("size_bytes", .integer, "what it takes in storage"),
      BuiltInColumn("created_at", .timestamp, "when it was made (UTC)"),
      BuiltInColumn("deleted_at", .timestamp, "when it was deleted; null: it is there"),
    ])

  /// What the service has made, and in which version.
  static let relations = BuiltInTable(
    "built_in_relations", .things, key: ["relation_name"],
    "Tables and views that the service made, which tells them from those of users.",
    [
      BuiltInColumn("relation_name", .text, "the table or view").required,
      BuiltInColumn("version", .integer, "the version of the schema that last changed it").required,
      BuiltInColumn("definition", .identifier, "what it was last made by").required,
      BuiltInColumn("changed_at", .timestamp, "when that was (UTC)").required,
    ])
}
