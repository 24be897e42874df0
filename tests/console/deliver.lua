-- Hands the message in FILE to the gate as a mail server would, from SENDER, who has logged in, to
-- RECIPIENTS, which commas part, TIMES times. Ends with 1 when the gate does not answer.

function step(what, problem)
    if problem ~= nil then
        io.stderr:write("deliver: " .. what .. ": " .. tostring(problem) .. "\n")
        os.exit(1)
    end
end

function read_message()
    local file = assert(io.open(FILE, "rb"))
    local bytes = file:read("*a")
    file:close()
    local header, body = bytes:match("^(.-\n)\n(.*)$")
    return header, (body:gsub("\n", "\r\n"))
end

-- A value reaches from behind the colon to the line end before the next name.
function send_headers(header)
    local name, value
    for line in header:gmatch("([^\n]*)\n") do
        if line:match("^[ \t]") then
            value = value .. "\n" .. line
        else
            if name ~= nil then step(name, mt.header(conn, name, value)) end
            name, value = line:match("^([^:]+):(.*)$")
        end
    end
    step(name, mt.header(conn, name, value))
end

function send_body(body)
    for from = 1, #body, 60000 do
        step("body", mt.bodystring(conn, body:sub(from, from + 59999)))
    end
end

function send_message(number)
    step("macros", mt.macro(conn, SMFIC_MAIL, "i", "Q" .. os.time() .. "N" .. number,
                            "{auth_authen}", SENDER))
    step("MAIL", mt.mailfrom(conn, "<" .. SENDER .. ">"))
    for recipient in RECIPIENTS:gmatch("[^,]+") do
        step("RCPT", mt.rcptto(conn, "<" .. recipient .. ">"))
    end
    local header, body = read_message()
    send_headers(header)
    send_body(body)
    step("end of message", mt.eom(conn))
    if mt.getreply(conn) == SMFIR_TEMPFAIL then step("end of message", "not now") end
end

conn = mt.connect(SOCKET)
if conn == nil then step("connect", SOCKET) end
mt.set_timeout(60)
step("negotiation", mt.negotiate(conn, nil, nil, nil))
step("connection", mt.conninfo(conn, "client.example", "127.0.0.1"))
for number = 1, tonumber(TIMES) do send_message(number) end
mt.disconnect(conn)
