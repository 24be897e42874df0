-- What the scripts of milter.bats share: the MTA's side of a milter session, one call a step. SOCKET
-- and HOST are given on miltertest's command line.

-- miltertest ends in silence on an uncaught error.
function fail(what)
    io.stderr:write("milter: " .. what .. "\n")
    os.exit(1)
end

function equal(what, got, expected)
    if got ~= expected then
        fail(what .. ": expected " .. tostring(expected) .. ", got " .. tostring(got))
    end
end

function done(what, problem)
    if problem ~= nil then fail(what .. ": " .. tostring(problem)) end
end

answers = {
    [SMFIR_CONTINUE] = "continue",
    [SMFIR_ACCEPT] = "accept",
    [SMFIR_DISCARD] = "discard",
    [SMFIR_REPLYCODE] = "reply",
    [SMFIR_TEMPFAIL] = "tempfail",
    [SMFIR_REJECT] = "reject",
}

function answer()
    return answers[mt.getreply(conn)] or tostring(mt.getreply(conn))
end

-- A new connection, in `conn`, of an SMTP client with that address: inside the school unless given.
function connect(address)
    conn = mt.connect(SOCKET)
    if conn == nil then fail("cannot connect") end
    mt.set_timeout(60)
    done("negotiation", mt.negotiate(conn, nil, nil, nil))
    done("connect", mt.conninfo(conn, "client.example", address or "127.0.0.1"))
end

-- What an MTA can do and what it leaves out, by the bits of SMFIF_* and SMFIP_*. miltertest has these
-- two the other way round than its manual says.
function negotiate_with(actions, steps)
    return mt.negotiate(conn, 6, steps, actions)
end

-- The envelope of a message that the log will know by `queue`. Recipients follow the sender. Where
-- `login` is set, that is who has logged in.
function envelope(queue, sender, ...)
    done("macros", mt.macro(conn, SMFIC_MAIL, "i", queue, "{auth_authen}", login or ""))
    done("MAIL", mt.mailfrom(conn, sender or "<d.price@kingsmead.example>"))
    local recipients = {...}
    if #recipients == 0 then recipients = {"<s.brown@home.example>"} end
    for _, recipient in ipairs(recipients) do
        done("RCPT", mt.rcptto(conn, recipient))
    end
end

function headers()
    done("header", mt.header(conn, "From", "d.price@kingsmead.example"))
    done("header", mt.header(conn, "Subject", "letter"))
end

function finish()
    done("end of message", mt.eom(conn))
    return answer()
end

function letter(words)
    headers()
    done("body", mt.bodystring(conn, words .. "\r\n"))
    return finish()
end

function shell(command)
    local result = os.execute(command)
    if result ~= true and result ~= 0 then fail("failed: " .. command) end
end
