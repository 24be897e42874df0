-- Hands MANY messages to the gate as a mail server would, one after the other, from SENDER, who has
-- logged in, to RECIPIENT. TEXT is the body of each. Ends with 1 when the gate does not answer.

function step(what, problem)
    if problem ~= nil then
        io.stderr:write("deliver: " .. what .. ": " .. tostring(problem) .. "\n")
        os.exit(1)
    end
end

conn = mt.connect(SOCKET)
if conn == nil then step("connect", SOCKET) end
mt.set_timeout(60)
step("negotiation", mt.negotiate(conn, nil, nil, nil))
step("connection", mt.conninfo(conn, "client.example", "127.0.0.1"))
for n = 1, tonumber(MANY) do
    step("macros", mt.macro(conn, SMFIC_MAIL, "i", "Q" .. n, "{auth_authen}", SENDER))
    step("MAIL", mt.mailfrom(conn, "<" .. SENDER .. ">"))
    step("RCPT", mt.rcptto(conn, "<" .. RECIPIENT .. ">"))
    step("From", mt.header(conn, "From", " " .. SENDER))
    step("Subject", mt.header(conn, "Subject", " Message " .. n))
    step("Message-Id", mt.header(conn, "Message-Id", " <" .. n .. "@mail.kingsmead.example>"))
    step("body", mt.bodystring(conn, TEXT .. "\r\n"))
    step("end of message", mt.eom(conn))
    if mt.getreply(conn) == SMFIR_TEMPFAIL then step("end of message", "not now") end
end
mt.disconnect(conn)
