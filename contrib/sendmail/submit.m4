dnl Where schoolgate hands over by the sendmail command: for /etc/mail/submit.mc. Its user may say whom
dnl a message is from; else Sendmail marks what is released with an X-Authentication-Warning.
define(`confTRUSTED_USERS', `schoolgate')dnl
